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
        INSERT INTO dime_rows (scored_at, row_id, model, model_version, model_hash, distance, probability, is_flagged, top_score, score_probabilities, thumbnail, thumbnail_type)
        VALUES (@scored_at, @row_id, @model, @model_version, @model_hash, @distance, @probability, @is_flagged, @top_score, @score_probabilities, @thumbnail, @thumbnail_type)
        """;

    /// <summary>The latest rows of a model since a time, without copies of images.</summary>
    public const string SelectRecent =
        """
        SELECT scored_at, row_id, distance, probability, is_flagged, top_score, score_probabilities, NULL, NULL FROM dime_rows
        WHERE scored_at >= @since AND model_hash = @model_hash ORDER BY scored_at DESC, number DESC LIMIT @most
        """;

    /// <summary>The latest flagged rows of a model, whenever they came.</summary>
    public const string SelectFlagged =
        """
        SELECT scored_at, row_id, distance, probability, is_flagged, top_score, score_probabilities, thumbnail, thumbnail_type FROM dime_rows
        WHERE is_flagged AND model_hash = @model_hash ORDER BY number DESC LIMIT @most
        """;

    /// <summary>The values, by the names of the parameters. A database knows infinity as a double.</summary>
    public IEnumerable<(string Name, DbType Type, object? Value)> Values()
    {
        RowScore score = Row.Score;
        yield return ("scored_at", DbType.DateTime, Row.Time.UtcDateTime);
        yield return ("row_id", DbType.String, score.Id);
        yield return ("model", DbType.String, Row.Model.Name);
        yield return ("model_version", DbType.Int32, Row.Model.Version);
        yield return ("model_hash", DbType.String, Row.Model.Hash);
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

    /// <summary>Reads a row of one of the queries.</summary>
    /// <param name="reader">Stands on the row.</param>
    /// <param name="model">The model that scored it.</param>
    public static HistoryRow Read(DbDataReader reader, ServedModel model)
    {
        string id = reader.GetString(1);
        var score = new RowScore(
            id,
            (float)reader.GetDouble(2),
            Probability: reader.IsDBNull(3) ? null : (float)reader.GetDouble(3),
            IsOutOfDistribution: reader.IsDBNull(4) ? null : reader.GetBoolean(4),
            WithinDistance: null,
            WithinProbability: null,
            TopScore: reader.IsDBNull(5) ? null : reader.GetString(5))
        {
            ScoreProbabilities = reader.IsDBNull(6) ? [] : ScoreProbabilitiesOf(reader.GetString(6)),
        };
        Thumbnail? thumbnail = reader.IsDBNull(7) ? null : Thumbnail.Of(reader.GetFieldValue<byte[]>(7), reader.GetString(8));
        return new HistoryRow(new ScoredRow(new DateTimeOffset(DateTime.SpecifyKind(reader.GetDateTime(0), DateTimeKind.Utc)), model, new RowInput(id), score), thumbnail);
    }

    // In the order of the scores, as they were written.
    private static float[] ScoreProbabilitiesOf(string json) => [.. JsonSerializer.Deserialize<Dictionary<string, float>>(json, AnswerJson.Options)!.Values];

    private string? ScoreProbabilities() => Row.Score.ScoreProbabilities.Length == 0
        ? null
        : JsonSerializer.Serialize(NamedValues.Of(Row.Model.ScoreNames, Row.Score.ScoreProbabilities), AnswerJson.Options);
}
