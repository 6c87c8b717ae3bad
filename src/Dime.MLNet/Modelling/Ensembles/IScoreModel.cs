namespace Dime.MLNet.Modelling.Ensembles;

/// <summary>Computes the scores of a group. Immutable; a row's scores have the same bits alone and in any block.</summary>
internal interface IScoreModel
{
    /// <summary>Measures a block of few rows on the calling thread.</summary>
    void Measure(in ColumnRows rows, in RowScores scores);

    /// <summary>Multiply-adds for one row, roughly.</summary>
    long Work { get; }
}

/// <summary>One column of a block of rows that have several.</summary>
internal readonly ref struct ColumnRows
{
    private readonly ReadOnlySpan<float> _rows;
    private readonly int _width;
    private readonly EmbeddingColumn _column;

    /// <param name="rows">Row-major rows of all columns.</param>
    /// <param name="width">The length of such a row.</param>
    /// <param name="column">The column.</param>
    public ColumnRows(ReadOnlySpan<float> rows, int width, EmbeddingColumn column)
    {
        _rows = rows;
        _width = width;
        _column = column;
    }

    public int Count => _rows.Length / _width;

    public int Dimension => _column.Dimension;

    public ReadOnlySpan<float> this[int row] => _rows.Slice((row * _width) + _column.Offset, _column.Dimension);

    /// <summary>Copies the column's values side by side.</summary>
    public void CopyTo(Span<float> destination)
    {
        for (int i = 0; i < Count; i++)
        {
            this[i].CopyTo(destination[(i * Dimension)..]);
        }
    }
}

/// <summary>Where the scores of a block of rows go: N×S values, of which a group of scores fills some.</summary>
internal readonly ref struct RowScores
{
    private readonly Span<float> _values;
    private readonly int _scoreCount;
    private readonly ScoreGroup _group;

    public RowScores(Span<float> values, int scoreCount, ScoreGroup group)
    {
        _values = values;
        _scoreCount = scoreCount;
        _group = group;
    }

    public bool Want(OutOfDistributionScoreKind kind) => _group.Has(kind);

    /// <summary>Sets all scores of the group to +∞.</summary>
    public void SetInfinite(int row)
    {
        foreach (OutOfDistributionScoreKind kind in _group.Kinds)
        {
            Set(row, kind, double.PositiveInfinity);
        }
    }

    /// <summary>Sets a score of a row where it is among those wanted. NaN comes of values that overflowed: as far away as a number can say.</summary>
    public void Set(int row, OutOfDistributionScoreKind kind, double score)
    {
        int slot = _group.SlotOf(kind);
        if (slot >= 0)
        {
            _values[(row * _scoreCount) + slot] = double.IsNaN(score) ? float.PositiveInfinity : (float)score;
        }
    }
}
