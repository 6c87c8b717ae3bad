namespace Dime.MLNet.Numerics.Simd;

/// <summary>The few vector operations the kernels are written in, so that one source serves every vector width and precision.</summary>
internal unsafe interface ISimd<T, TVector>
    where T : unmanaged
    where TVector : unmanaged
{
    /// <summary>Gets the rows of a register tile two vectors wide: as many as the registers hold.</summary>
    static abstract int TileRows { get; }

    static abstract TVector Load(T* source);

    static abstract TVector Broadcast(T* source);

    static abstract void Store(TVector value, T* target);

    static abstract TVector Add(TVector left, TVector right);

    /// <summary>Returns <c>left * right + addend</c>, rounded once.</summary>
    static abstract TVector MultiplyAdd(TVector left, TVector right, TVector addend);
}
