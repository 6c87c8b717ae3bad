using Microsoft.ML.Data;

namespace Dime.MLNet.Detection;

/// <summary>A column that the transformer appends.</summary>
internal sealed record OutputColumn(string Name, OutputValue Value)
{
    public PrimitiveDataViewType Type => Value == OutputValue.IsOutlier ? BooleanDataViewType.Instance : NumberDataViewType.Single;

    /// <summary>Whether it follows from the distance within the hyperplane.</summary>
    public bool IsWithin => Value is OutputValue.WithinDistance or OutputValue.WithinProbability;
}

/// <summary>What can stand in it.</summary>
internal enum OutputValue
{
    Distance,
    Probability,
    IsOutlier,
    WithinDistance,
    WithinProbability,
}
