using System.Data;
using System.Data.Common;
using System.Text.Json;
using Dime.Server.Images;
using Dime.Server.Models;
using Dime.Server.Scoring;

namespace Dime.Server.History;

/// <summary>A row of the history.</summary>
/// <param name="Row">The scored row.</param>
/// <param name="Thumbnail">A small copy of a flagged image.</param>
internal sealed record HistoryRow(ScoredRow Row, Thumbnail? Thumbnail)
{
    public const string Insert =
        """
        INSERT INTO dime_rows (scored_at, row_id, model, model_version, distance, probability, is_flagged, top_score, score_probabilities, thumbnail, thumbnail_type)
        VALUES (@scored_at, @row_id, @model, @model_version, @distance, @probability, @is_flagged, @top_score, @score_probabilities, @thumbnail, @thumbnail_type)
        """;

    /// <summary>The values, by the names of the parameters. A database knows infinity as a double.</summary>
    public IEnumerable<(string Name, DbType Type, object? Value)> Values()
    {
        RowScore score = Row.Score;
        yield return ("scored_at", DbType.DateTime, Row.Time.UtcDateTime);
        yield return ("row_id", DbType.String, score.Id);
        yield return ("model", DbType.String, Row.Model.Name);
        yield return ("model_version", DbType.Int32, Row.Model.Version);
        yield return ("distance", DbType.Double, (double)score.Distance);
        yield return ("probability", DbType.Double, (double?)score.Probability);
        yield return ("is_flagged", DbType.Boolean, score.IsOutOfDistribution);
        yield return ("top_score", DbType.String, score.TopScore);
        yield return ("score_probabilities", DbType.String, ScoreProbabilities());
        yield return ("thumbnail", DbType.Binary, Thumbnail?.Bytes);
        yield return ("thumbnail_type", DbType.String, Thumbnail?.MediaType);
    }

    /// <summary>Puts the values into a command or a part of a batch.</summary>
    public void Fill(DbParameterCollection parameters, Func<DbParameter> create)
    {
        parameters.Clear();
        foreach ((string name, DbType type, object? value) in Values())
        {
            DbParameter parameter = create();
            parameter.ParameterName = name;
            parameter.DbType = type;
            parameter.Value = value ?? DBNull.Value;
            parameters.Add(parameter);
        }
    }

    private string? ScoreProbabilities() => Row.Score.ScoreProbabilities.Length == 0
        ? null
        : JsonSerializer.Serialize(NamedValues.Of(Row.Model.ScoreNames, Row.Score.ScoreProbabilities), AnswerJson.Options);
}
