using Dime.Server.Models;
using Parquet;
using Parquet.Schema;

namespace Dime.Tool.Outputs;

/// <summary>Scores in Apache Parquet, a group of rows at a time.</summary>
internal sealed class ParquetScoreWriter : IScoreWriter
{
    private const int GroupRows = 1 << 16;

    private static readonly DataField<string> _id = new("id", nullable: false);
    private static readonly DataField<float> _distance = new("distance");
    private static readonly DataField<float> _probability = new("probability");
    private static readonly DataField<bool> _flag = new("isOutOfDistribution");
    private static readonly DataField<float> _withinDistance = new("withinDistance");
    private static readonly DataField<float> _withinProbability = new("withinProbability");
    private static readonly DataField<string> _topScore = new("topScore", nullable: false);

    private readonly ScoreColumns _columns;
    private readonly ParquetWriter _writer;
    private readonly List<RowScore> _group = [];
    private bool _isDisposed;

    public ParquetScoreWriter(Stream stream, ScoreColumns columns)
    {
        _columns = columns;
        DataField[] fields = [_id, _distance, .. new[]
        {
            (columns.HasProbability, (DataField)_probability),
            (columns.HasFlag, _flag),
            (columns.HasWithinDistance, _withinDistance),
            (columns.HasWithinProbability, _withinProbability),
            (columns.HasTopScore, _topScore),
        }.Where(field => field.Item1).Select(field => field.Item2)];
        _writer = ParquetWriter.CreateAsync(new ParquetSchema(fields), stream).GetAwaiter().GetResult();
    }

    public void Write(RowScore score)
    {
        _group.Add(score);
        if (_group.Count == GroupRows)
        {
            WriteGroup();
        }
    }

    public void Complete()
    {
        if (_group.Count > 0)
        {
            WriteGroup();
        }

        // The end of the file has the list of its groups, and must be there once.
        Dispose();
    }

    public void Dispose()
    {
        if (!_isDisposed)
        {
            _isDisposed = true;
            _writer.DisposeAsync().AsTask().GetAwaiter().GetResult();
        }
    }

    private void WriteGroup()
    {
        using ParquetRowGroupWriter group = _writer.CreateRowGroup();
        Write(group, _id, score => score.Id);
        Write(group, _distance, score => score.Distance);
        WriteIf(_columns.HasProbability, group, _probability, score => score.Probability);
        WriteIf(_columns.HasFlag, group, _flag, score => score.IsOutOfDistribution);
        WriteIf(_columns.HasWithinDistance, group, _withinDistance, score => score.WithinDistance);
        WriteIf(_columns.HasWithinProbability, group, _withinProbability, score => score.WithinProbability);
        if (_columns.HasTopScore)
        {
            Write(group, _topScore, score => score.TopScore!);
        }

        group.CompleteValidate();
        _group.Clear();
    }

    private void WriteIf<T>(bool isThere, ParquetRowGroupWriter group, DataField field, Func<RowScore, T?> value)
        where T : struct
    {
        if (isThere)
        {
            Write(group, field, score => value(score)!.Value);
        }
    }

    private void Write(ParquetRowGroupWriter group, DataField<string> field, Func<RowScore, string> value) =>
        group.WriteAsync(field, _group.Select(value).ToList()).GetAwaiter().GetResult();

    private void Write<T>(ParquetRowGroupWriter group, DataField field, Func<RowScore, T> value)
        where T : struct
    {
        T[] values = [.. _group.Select(value)];
        group.WriteAsync<T>(field, values.AsMemory()).GetAwaiter().GetResult();
    }
}
