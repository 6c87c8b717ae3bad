using Dime.MLNet;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace Dime.Server.Models;

/// <summary>Reads what a model says of rows, at a cursor over them.</summary>
internal sealed class ScoreReader
{
    private readonly Func<float> _distance;
    private readonly Func<float?> _probability;
    private readonly Func<bool?> _flag;
    private readonly Func<float?> _withinDistance;
    private readonly Func<float?> _withinProbability;
    private readonly Func<float[]> _scores;
    private readonly TopScore? _top;

    /// <param name="cursor">A cursor whose columns of <see cref="Columns"/> are active.</param>
    /// <param name="model">The model.</param>
    public ScoreReader(DataViewRowCursor cursor, SavedModel model)
    {
        DetectorTransformer detector = model.Detector;
        var dime = detector as DimeTransformer;
        bool calibrated = detector.IsCalibrated;
        string? scores = ScoresColumn(model);
        _distance = Required<float>(cursor, detector.DistanceColumnName!);
        _probability = Optional<float>(cursor, calibrated ? detector.ProbabilityColumnName : null);
        _flag = Optional<bool>(cursor, calibrated ? detector.OutlierColumnName : null);
        _withinDistance = Optional<float>(cursor, dime?.WithinDistanceColumnName);
        _withinProbability = Optional<float>(cursor, calibrated ? dime?.WithinProbabilityColumnName : null);
        _scores = scores is null ? () => [] : Vector(cursor, scores);
        _top = scores is null ? null : new TopScore(model.Scores);
    }

    /// <summary>The columns that are read.</summary>
    public static IEnumerable<string> Columns(SavedModel model)
    {
        DetectorTransformer detector = model.Detector;
        var dime = detector as DimeTransformer;
        string?[] always = [detector.DistanceColumnName, dime?.WithinDistanceColumnName, ScoresColumn(model)];
        string?[] calibrated = [detector.ProbabilityColumnName, detector.OutlierColumnName, dime?.WithinProbabilityColumnName];
        return always.Concat(detector.IsCalibrated ? calibrated : []).OfType<string>();
    }

    /// <summary>The score of the row at the cursor.</summary>
    public RowScore Read(string id)
    {
        float[] scores = _scores();
        return new RowScore(id, _distance(), _probability(), _flag(), _withinDistance(), _withinProbability(), _top?.Of(scores)) { ScoreProbabilities = scores };
    }

    /// <summary>Reads a vector of a row.</summary>
    public static Func<float[]> Vector(DataViewRowCursor cursor, string name)
    {
        ValueGetter<VBuffer<float>> getter = cursor.GetGetter<VBuffer<float>>(cursor.Schema[name]);
        VBuffer<float> values = default;
        return () =>
        {
            getter(ref values);
            return [.. values.DenseValues()];
        };
    }

    /// <summary>Reads a value of a row.</summary>
    public static Func<T> Required<T>(DataViewRowCursor cursor, string name)
        where T : struct
    {
        ValueGetter<T> getter = cursor.GetGetter<T>(cursor.Schema[name]);
        T value = default;
        return () =>
        {
            getter(ref value);
            return value;
        };
    }

    private static string? ScoresColumn(SavedModel model) =>
        model.Scores.Count > 0 ? ((EnsembleTransformer)model.Detector).ScoreProbabilitiesColumnName : null;

    private static Func<T?> Optional<T>(DataViewRowCursor cursor, string? name)
        where T : struct
    {
        if (name is null)
        {
            return () => null;
        }

        Func<T> value = Required<T>(cursor, name);
        return () => value();
    }
}
