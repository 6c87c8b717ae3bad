using System.Globalization;
using CsvHelper;

namespace Dime.Tool.Outputs;

/// <summary>Scores as text separated by commas, the names of the columns first.</summary>
internal sealed class CsvScoreWriter : IScoreWriter
{
    private readonly CsvWriter _csv;
    private readonly ScoreColumns _columns;

    public CsvScoreWriter(Stream stream, ScoreColumns columns)
    {
        _csv = new CsvWriter(new StreamWriter(stream, leaveOpen: true), CultureInfo.InvariantCulture);
        _columns = columns;
        WriteRow("id", "distance", "probability", "isOutOfDistribution", "withinDistance", "withinProbability");
    }

    public void Write(RowScore score)
    {
        WriteRow(
            score.Id,
            Text(score.Distance),
            Text(score.Probability),
            score.IsOutOfDistribution is true ? "true" : "false",
            Text(score.WithinDistance),
            Text(score.WithinProbability));
    }

    public void Complete() => _csv.Flush();

    public void Dispose() => _csv.Dispose();

    private static string? Text(float? value) => value?.ToString(CultureInfo.InvariantCulture);

    private void WriteRow(string id, string? distance, string? probability, string? flag, string? withinDistance, string? withinProbability)
    {
        _csv.WriteField(id);
        _csv.WriteField(distance);
        WriteIf(_columns.HasProbability, probability);
        WriteIf(_columns.HasFlag, flag);
        WriteIf(_columns.HasWithinDistance, withinDistance);
        WriteIf(_columns.HasWithinProbability, withinProbability);
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
