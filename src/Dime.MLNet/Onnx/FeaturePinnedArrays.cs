using System.Collections.Concurrent;

namespace Dime.MLNet.Onnx;

/// <summary>Arrays that the garbage collector does not move, lent to one cursor after the other.</summary>
internal sealed class FeaturePinnedArrays
{
    private readonly ConcurrentDictionary<(Type Type, int Length), ConcurrentBag<Array>> _idle = new();

    /// <summary>An array of that length, whose values may be any.</summary>
    public T[] Rent<T>(int length)
        where T : unmanaged =>
        Idle<T>(length).TryTake(out Array? array) ? (T[])array : GC.AllocateArray<T>(length, pinned: true);

    /// <summary>Takes back an array that nobody reads any more.</summary>
    public void Return<T>(T[] array)
        where T : unmanaged => Idle<T>(array.Length).Add(array);

    private ConcurrentBag<Array> Idle<T>(int length) => _idle.GetOrAdd((typeof(T), length), _ => []);
}
