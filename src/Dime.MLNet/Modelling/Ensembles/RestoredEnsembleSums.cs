using System.Globalization;

namespace Dime.MLNet.Modelling.Ensembles;

/// <summary>What a file says of the sums that an ensemble is fitted from; nothing is believed before <see cref="ToSums"/> has checked it.</summary>
/// <param name="Layout">The columns of a row.</param>
/// <param name="Scores">The scores.</param>
/// <param name="LogitsColumnName">The column of logits that gives the class of a row; null where there is none.</param>
/// <param name="Classes">The classes with the weights of their rows.</param>
/// <param name="Count">N.</param>
/// <param name="SkippedCount">The number of rows that were left out because of their values.</param>
/// <param name="UnclassifiedCount">The number of rows that were left out because of their class.</param>
/// <param name="TotalWeight">Σw.</param>
/// <param name="Columns">The sums of each column that needs them.</param>
internal sealed record RestoredEnsembleSums(
    EmbeddingLayout Layout,
    OutOfDistributionScore[] Scores,
    string? LogitsColumnName,
    (string Name, double Weight)[] Classes,
    long Count,
    long SkippedCount,
    long UnclassifiedCount,
    double TotalWeight,
    RestoredColumnSums[] Columns)
{
    /// <exception cref="InvalidDataException">No rows have such sums.</exception>
    public EnsembleAccumulator ToSums(Func<string, InvalidDataException> invalid)
    {
        void Require(bool condition, string otherwise) => RestoredModel.Require(condition, otherwise, invalid);

        Require(PossibleSums.IsCount(Count) && PossibleSums.IsCount(SkippedCount) && PossibleSums.IsCount(UnclassifiedCount), $"its numbers of rows are {Count}, {SkippedCount} and {UnclassifiedCount}");
        Require(PossibleSums.IsWeight(TotalWeight), string.Create(CultureInfo.InvariantCulture, $"its sum of weights is {TotalWeight}"));
        Require(Classes.Select(one => one.Name).Distinct().Count() == Classes.Length, "two of its classes have the same name");
        Require(Array.TrueForAll(Classes, one => PossibleSums.IsWeight(one.Weight)), "the weight of a class is not possible");
        if (LogitsColumnName is not null)
        {
            // Before as many classes are made as a column has logits.
            EmbeddingColumn? logits = Layout.Find(LogitsColumnName);
            Require(logits?.Dimension == Classes.Length && Classes.Length > 1, $"its {Classes.Length} classes are not those of the logits");
            Require(Classes.Select((one, c) => one.Name == EnsembleAccumulator.NameOfLogit(c)).All(same => same), "its classes are not those of the logits");
        }

        return new EnsembleAccumulator(this, [.. Columns.Select(column => column.ToTotal(Count, Classes, invalid))]);
    }
}

/// <summary>What a file says of the sums over one column.</summary>
/// <param name="Shape">Which column, and how it is summed.</param>
/// <param name="Total">Over all rows.</param>
/// <param name="SumsOfClasses">Over the rows of each class; null for classes without rows.</param>
internal sealed record RestoredColumnSums(ColumnSums Shape, RestoredSums Total, IReadOnlyList<double[]?> SumsOfClasses)
{
    /// <exception cref="InvalidDataException">They are not of the column, or contradict what is known of its rows.</exception>
    public EmbeddingAccumulator ToTotal(long count, (string Name, double Weight)[] classes, Func<string, InvalidDataException> invalid)
    {
        void Require(bool condition) => RestoredModel.Require(condition, $"the sums of column '{Shape.Column.Name}' are not those of its rows", invalid);

        Require(Total.Dimension == Shape.Column.Dimension && Total.Normalizes == Shape.Total.Normalizes && Total.Count == count && Total.SkippedCount == 0);
        Require(SumsOfClasses.All(sum => sum is null || Array.TrueForAll(sum, PossibleSums.IsSum)));
        Require(SumsOfClasses.Zip(classes, (sum, one) => sum is not null || one.Weight == 0).All(fits => fits));
        return Total.ToSums(invalid);
    }
}
