namespace Dime.MLNet.Onnx.Features;

/// <summary>Arrays that the garbage collector does not move, lent to one cursor after the other.</summary>
internal sealed class FeaturePinnedArrays
{
    private readonly Dictionary<(Type Type, int Length), Stack<Array>> _idle = [];
    private readonly object _lock = new();

    /// <summary>The arrays that nobody has.</summary>
    public int IdleCount
    {
        get
        {
            lock (_lock)
            {
                return _idle.Values.Sum(arrays => arrays.Count);
            }
        }
    }

    /// <summary>An array of that length, whose values may be any.</summary>
    public T[] Rent<T>(int length)
        where T : unmanaged
    {
        lock (_lock)
        {
            if (_idle.TryGetValue((typeof(T), length), out Stack<Array>? arrays) && arrays.TryPop(out Array? array))
            {
                return (T[])array;
            }
        }

        return GC.AllocateUninitializedArray<T>(length, pinned: true);
    }

    /// <summary>Takes back an array that nobody reads any more.</summary>
    public void Return<T>(T[] array)
        where T : unmanaged
    {
        lock (_lock)
        {
            if (!_idle.TryGetValue((typeof(T), array.Length), out Stack<Array>? arrays))
            {
                _idle.Add((typeof(T), array.Length), arrays = []);
            }

            arrays.Push(array);
        }
    }

    /// <summary>Lets go of the arrays that nobody has.</summary>
    public void Clear()
    {
        lock (_lock)
        {
            _idle.Clear();
        }
    }
}
