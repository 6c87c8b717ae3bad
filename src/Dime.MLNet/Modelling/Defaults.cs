namespace Dime.MLNet.Modelling;

/// <summary>What holds where nothing else is said: the same on arrays, in pipelines and in ONNX graphs.</summary>
internal static class Defaults
{
    public const double ExplainedVarianceThreshold = 0.99;

    public const int PercentileCount = 5000;

    public const double OutlierProbability = 0.95;

    public const string InputColumnName = "Features";

    public const string DistanceColumnName = "DimeDistance";

    public const string ProbabilityColumnName = "DimeProbability";

    public const string OutlierColumnName = "IsOutOfDistribution";
}
