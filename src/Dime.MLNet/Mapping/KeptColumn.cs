using System.Runtime.InteropServices;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace Dime.MLNet.Mapping;

/// <summary>Keeps a block of an input column's values until they are asked for.</summary>
internal abstract class KeptColumn
{
    // What a value of a size that only the row knows is reckoned at.
    private const int BytesOfUnknown = 4096;

    /// <summary>The getter of the column, of the slot that the cursor stands on.</summary>
    public abstract Delegate Getter { get; }

    /// <summary>A getter of the value that was read last.</summary>
    public abstract Delegate LastRead { get; }

    /// <param name="input">Gives the values of the row that is being read.</param>
    /// <param name="column">Its column, of a primitive type or a vector of one.</param>
    /// <param name="capacity">The most values to keep.</param>
    /// <param name="slot">Tells the slot that the reader stands on.</param>
    public static KeptColumn Create(IColumnSource input, DataViewSchema.Column column, int capacity, Func<int> slot)
    {
        Type type = column.Type is VectorDataViewType vector
            ? typeof(Vector<>).MakeGenericType(vector.ItemType.RawType)
            : typeof(Scalar<>).MakeGenericType(column.Type.RawType);
        return (KeptColumn)Activator.CreateInstance(type, input, column, capacity, slot)!;
    }

    /// <summary>About how many bytes a value takes.</summary>
    public static long BytesOf(DataViewType type) => type switch
    {
        VectorDataViewType { IsKnownSize: true } vector => BytesOf(vector.ItemType) * vector.Size,
        NumberDataViewType => Marshal.SizeOf(type.RawType),
        PrimitiveDataViewType and not TextDataViewType => 2 * sizeof(long),
        _ => BytesOfUnknown,
    };

    /// <summary>Reads the value of the input's current row.</summary>
    public abstract void Read(int slot);

    private abstract class Of<TValue>(IColumnSource input, DataViewSchema.Column column, int capacity, Func<int> slot) : KeptColumn
    {
        private readonly ValueGetter<TValue> _input = input.GetGetter<TValue>(column);
        private readonly TValue[] _values = new TValue[capacity];
        private int _last;

        public override Delegate Getter => (ValueGetter<TValue>)((ref TValue value) => Copy(in _values[slot()], ref value));

        public override Delegate LastRead => (ValueGetter<TValue>)((ref TValue value) => Copy(in _values[_last], ref value));

        public override void Read(int slot)
        {
            _input(ref _values[slot]);
            _last = slot;
        }

        protected abstract void Copy(in TValue from, ref TValue to);
    }

    private sealed class Scalar<TItem>(IColumnSource input, DataViewSchema.Column column, int capacity, Func<int> slot)
        : Of<TItem>(input, column, capacity, slot)
    {
        protected override void Copy(in TItem from, ref TItem to) => to = from;
    }

    private sealed class Vector<TItem>(IColumnSource input, DataViewSchema.Column column, int capacity, Func<int> slot)
        : Of<VBuffer<TItem>>(input, column, capacity, slot)
    {
        // Its receiver may write to it.
        protected override void Copy(in VBuffer<TItem> from, ref VBuffer<TItem> to) => from.CopyTo(ref to);
    }
}
