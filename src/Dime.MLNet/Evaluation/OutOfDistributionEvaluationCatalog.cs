using System.Runtime.InteropServices;
using Dime.MLNet;
using Dime.MLNet.Modelling;
using Microsoft.ML.Data;

namespace Microsoft.ML;

/// <summary>Evaluation of out-of-distribution detectors, on <see cref="MLContext.AnomalyDetection"/>.</summary>
public static class OutOfDistributionEvaluationCatalog
{
    /// <summary>
    /// Evaluates how well a score column tells out-of-distribution rows from in-distribution rows.
    /// </summary>
    /// <param name="catalog">The <see cref="MLContext.AnomalyDetection"/> catalog.</param>
    /// <param name="inDistribution">
    /// Scored rows of the kind the model was trained on, but not the training rows themselves: usually the test set.
    /// </param>
    /// <param name="outOfDistribution">Scored rows of another kind.</param>
    /// <param name="scoreColumnName">
    /// The score, a scalar <see cref="float"/> column of both data views; large means out of distribution, +∞ is allowed.
    /// The distance is the better choice for DIME: its probability is 1 for all rows beyond the calibration data and
    /// so no longer ranks them.
    /// </param>
    /// <returns>The metrics. No label column is needed: the data view a row stands in is its label.</returns>
    /// <remarks>
    /// <para>
    /// Each data view is read once, and only its score column. The scores are held in memory, a dozen bytes a row.
    /// </para>
    /// <para>
    /// <see cref="AnomalyDetectionCatalog.Evaluate"/> works on the same columns where its detection rates are wanted. It
    /// takes both kinds of rows in one data view with a label column of <see cref="float"/> (above 0 for out of
    /// distribution), and it leaves out rows whose score is infinite, which are ranked highest here.
    /// </para>
    /// </remarks>
    /// <example>
    /// <code>
    /// OutOfDistributionMetrics metrics = mlContext.AnomalyDetection.EvaluateOutOfDistribution(
    ///     model.Transform(testImages), model.Transform(foreignImages));
    /// Console.WriteLine(metrics.AreaUnderRocCurve);
    /// </code>
    /// </example>
    /// <exception cref="ArgumentNullException">An argument is null.</exception>
    /// <exception cref="ArgumentException">
    /// A data view has no rows, no such column, a column that is not a scalar <see cref="float"/>, or a NaN in it; the
    /// message names the data view, the column and the row.
    /// </exception>
    public static OutOfDistributionMetrics EvaluateOutOfDistribution(
        this AnomalyDetectionCatalog catalog,
        IDataView inDistribution,
        IDataView outOfDistribution,
        string scoreColumnName = Defaults.DistanceColumnName)
    {
        ArgumentNullException.ThrowIfNull(catalog);
        ArgumentNullException.ThrowIfNull(inDistribution);
        ArgumentNullException.ThrowIfNull(outOfDistribution);
        ArgumentException.ThrowIfNullOrEmpty(scoreColumnName);

        // Both schemas before any row: scoring the first view may take minutes.
        DataViewSchema.Column inColumn = ScoreColumn(inDistribution, scoreColumnName, nameof(inDistribution));
        DataViewSchema.Column outColumn = ScoreColumn(outOfDistribution, scoreColumnName, nameof(outOfDistribution));
        List<float> inScores = ReadScores(inDistribution, inColumn, nameof(inDistribution));
        List<float> outScores = ReadScores(outOfDistribution, outColumn, nameof(outOfDistribution));

        return OutOfDistributionMetrics.Compute(CollectionsMarshal.AsSpan(inScores), CollectionsMarshal.AsSpan(outScores));
    }

    private static DataViewSchema.Column ScoreColumn(IDataView data, string name, string parameterName)
    {
        if (data.Schema.GetColumnOrNull(name) is not { } column)
        {
            string columns = string.Join(", ", data.Schema.Where(c => !c.IsHidden).Select(c => $"'{c.Name}'"));
            throw new ArgumentException(
                $"The data view '{parameterName}' has no score column '{name}'. Was it scored with the fitted model (model.Transform(data)), and does the model name its distance column so? Its columns are: {columns}.",
                parameterName);
        }

        if (column.Type != NumberDataViewType.Single)
        {
            throw new ArgumentException(
                $"The score column '{name}' of the data view '{parameterName}' is of type {column.Type}; a scalar Single is needed. Name the distance column of the detector, or convert a number of another type with mlContext.Transforms.Conversion.ConvertType.",
                parameterName);
        }

        return column;
    }

    private static List<float> ReadScores(IDataView data, DataViewSchema.Column column, string parameterName)
    {
        List<float> scores = [];
        using DataViewRowCursor cursor = data.GetRowCursor([column]);
        ValueGetter<float> getScore = cursor.GetGetter<float>(column);
        while (cursor.MoveNext())
        {
            float score = 0;
            getScore(ref score);
            if (float.IsNaN(score))
            {
                throw new ArgumentException(
                    $"The score column '{column.Name}' of the data view '{parameterName}' is NaN in row {scores.Count} (counted from 0) and cannot be ranked. Filter such rows out, for example with mlContext.Data.FilterRowsByMissingValues.",
                    parameterName);
            }

            scores.Add(score);
        }

        if (scores.Count == 0)
        {
            throw new ArgumentException($"The data view '{parameterName}' has no rows; the metrics compare rows of both kinds.", parameterName);
        }

        return scores;
    }
}
