using System.Collections;

namespace Dime.MLNet;

/// <summary>
/// How the columns of an ensemble lie side by side in one row: the values of the first column, then those of the second,
/// and so on. An instance never changes; two with the same columns in the same order are equal.
/// </summary>
public sealed class EmbeddingLayout : IReadOnlyList<EmbeddingColumn>, IEquatable<EmbeddingLayout>
{
    private readonly EmbeddingColumn[] _columns;
    private readonly Dictionary<string, EmbeddingColumn> _byName = [];

    /// <summary>Lays columns side by side.</summary>
    /// <param name="columns">The names and dimensions of the columns, in their order; one or more.</param>
    /// <exception cref="ArgumentException">There are no columns, or a name is empty, white space or given twice.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A dimension is less than 1, or the row would be longer than an array can be.</exception>
    public EmbeddingLayout(params ReadOnlySpan<(string Name, int Dimension)> columns)
    {
        if (columns.IsEmpty)
        {
            throw new ArgumentException("A layout needs at least one column.", nameof(columns));
        }

        _columns = new EmbeddingColumn[columns.Length];
        long width = 0;
        for (int i = 0; i < columns.Length; i++)
        {
            (string name, int dimension) = columns[i];
            ArgumentException.ThrowIfNullOrWhiteSpace(name, nameof(columns));
            if (dimension < 1)
            {
                throw new ArgumentOutOfRangeException(nameof(columns), dimension, $"Column '{name}' must have one value or more.");
            }

            _columns[i] = new EmbeddingColumn(name, (int)width, dimension);
            if (!_byName.TryAdd(name, _columns[i]))
            {
                throw new ArgumentException($"Two columns have the name '{name}': each needs its own.", nameof(columns));
            }

            width += dimension;
            if (width > Array.MaxLength)
            {
                throw new ArgumentOutOfRangeException(nameof(columns), width, "The columns together are longer than an array can be.");
            }
        }

        Width = (int)width;
    }

    /// <summary>The length of a row: the sum of the columns' dimensions.</summary>
    public int Width { get; }

    /// <summary>The number of columns.</summary>
    public int Count => _columns.Length;

    /// <summary>A column by its place.</summary>
    /// <param name="index">0 for the first column.</param>
    public EmbeddingColumn this[int index] => _columns[index];

    /// <summary>A column by its name; null where there is none of that name.</summary>
    /// <param name="name">The name of the column.</param>
    public EmbeddingColumn? Find(string name) => _byName.GetValueOrDefault(name);

    /// <inheritdoc/>
    public IEnumerator<EmbeddingColumn> GetEnumerator() => ((IEnumerable<EmbeddingColumn>)_columns).GetEnumerator();

    /// <inheritdoc/>
    public bool Equals(EmbeddingLayout? other) => other is not null && _columns.AsSpan().SequenceEqual(other._columns);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as EmbeddingLayout);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Width, _columns[0], _columns[^1]);

    /// <summary>The columns with their dimensions, as "Early (64), Late (512)".</summary>
    public override string ToString() => string.Join(", ", _columns.Select(column => $"{column.Name} ({column.Dimension})"));

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}

/// <summary>Where the values of one column stand in a row of several. Two with the same values are equal.</summary>
public sealed record EmbeddingColumn
{
    internal EmbeddingColumn(string name, int offset, int dimension)
    {
        Name = name;
        Offset = offset;
        Dimension = dimension;
    }

    /// <summary>The name of the column.</summary>
    public string Name { get; }

    /// <summary>The place of its first value in a row.</summary>
    public int Offset { get; }

    /// <summary>P, the number of its values; 1 or more.</summary>
    public int Dimension { get; }
}
