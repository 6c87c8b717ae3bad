namespace Dime.MLNet.Modelling.Covariances;

/// <summary>The sums of one class in one column.</summary>
/// <param name="Weight">n_c, the sum of its rows' weights.</param>
/// <param name="Sum">Σ w·x over its rows.</param>
internal sealed record ClassSum(double Weight, double[] Sum)
{
    // The mean of a single row is that row, and says nothing about others.
    private const double LeastWeight = 2;

    public bool HasMean => HasMeanOf(Weight);

    public static bool HasMeanOf(double weight) => weight >= LeastWeight;
}
