using System.Globalization;
using CsvHelper;
using Dime.Server.Models;

namespace Dime.Tool.Outputs;

/// <summary>Scores as text separated by commas, the names of the columns first.</summary>
internal sealed class CsvScoreWriter : IScoreWriter
{
    private readonly CsvWriter _csv;
    private readonly ScoreColumns _columns;
    private bool _hasNames;

    public CsvScoreWriter(Stream stream, ScoreColumns columns)
    {
        _csv = new CsvWriter(new StreamWriter(stream, leaveOpen: true), CultureInfo.InvariantCulture);
        _columns = columns;
    }

    public void Write(RowScore score)
    {
        WriteNames();
        WriteRow(
            score.Id,
            Text(score.Distance),
            Text(score.Probability),
            score.IsOutOfDistribution is true ? "true" : "false",
            Text(score.WithinDistance),
            Text(score.WithinProbability),
            score.TopScore);
    }

    public void Complete()
    {
        WriteNames();
        _csv.Flush();
    }

    public void Dispose() => _csv.Dispose();

    private static string? Text(float? value) => value?.ToString(CultureInfo.InvariantCulture);

    // Not before the first row is there: names alone would look like the scores of no rows.
    private void WriteNames()
    {
        if (!_hasNames)
        {
            _hasNames = true;
            WriteRow("id", "distance", "probability", "isOutOfDistribution", "withinDistance", "withinProbability", "topScore");
        }
    }

    private void WriteRow(string id, string? distance, string? probability, string? flag, string? withinDistance, string? withinProbability, string? topScore)
    {
        _csv.WriteField(id);
        _csv.WriteField(distance);
        WriteIf(_columns.HasProbability, probability);
        WriteIf(_columns.HasFlag, flag);
        WriteIf(_columns.HasWithinDistance, withinDistance);
        WriteIf(_columns.HasWithinProbability, withinProbability);
        WriteIf(_columns.HasTopScore, topScore);
        _csv.NextRecord();
    }

    private void WriteIf(bool isThere, string? cell)
    {
        if (isThere)
        {
            _csv.WriteField(cell);
        }
    }
}
