namespace Dime.MLNet.Numerics.Simd;

/// <summary>How a product over a part of the depth enters what the parts before it came to.</summary>
internal interface ISummation
{
    /// <summary>Gets whether the sum goes on where the target stands; otherwise it starts at zero and is added.</summary>
    static abstract bool Continues { get; }
}
