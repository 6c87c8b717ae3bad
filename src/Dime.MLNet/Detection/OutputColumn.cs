using Dime.MLNet.Internals;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace Dime.MLNet.Detection;

/// <summary>A column that the transformer appends.</summary>
internal sealed record OutputColumn(string Name, OutputValue Value)
{
    /// <summary>What is promised of it before a model is fitted.</summary>
    public SchemaShape.Column Shape => Value == OutputValue.ScoreProbabilities
        ? SchemaShapes.NamedSlotsColumn(Name, NumberDataViewType.Single)
        : SchemaShapes.ScalarColumn(Name, Type);

    private PrimitiveDataViewType Type => Value == OutputValue.IsOutlier ? BooleanDataViewType.Instance : NumberDataViewType.Single;

    /// <summary>The column itself.</summary>
    /// <param name="scoreNames">The names of the scores.</param>
    public DataViewSchema.DetachedColumn ToColumn(IReadOnlyList<string> scoreNames)
    {
        if (Value != OutputValue.ScoreProbabilities)
        {
            return new DataViewSchema.DetachedColumn(Name, Type);
        }

        ReadOnlyMemory<char>[] names = [.. scoreNames.Select(name => name.AsMemory())];
        var annotations = new DataViewSchema.Annotations.Builder();
        annotations.Add(
            "SlotNames",
            new VectorDataViewType(TextDataViewType.Instance, names.Length),
            (ref VBuffer<ReadOnlyMemory<char>> value) => value = new VBuffer<ReadOnlyMemory<char>>(names.Length, names));
        return new DataViewSchema.DetachedColumn(Name, new VectorDataViewType(NumberDataViewType.Single, names.Length), annotations.ToAnnotations());
    }
}

/// <summary>What can stand in it.</summary>
internal enum OutputValue
{
    Distance,
    Probability,
    IsOutlier,
    WithinDistance,
    WithinProbability,
    ScoreProbabilities,
}
