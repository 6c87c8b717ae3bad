using Dime.MLNet;
using Microsoft.ML;

namespace Dime.Tool.Fitting;

/// <summary>The two halves of a fit, of whatever detector.</summary>
/// <param name="Accumulate">From rows to sums.</param>
/// <param name="Fit">From sums to a detector.</param>
internal sealed record DetectorFit(Func<IDataView, AccumulationOptions, DetectorSums> Accumulate, Func<DetectorSums, DetectorTransformer> Fit)
{
    public static DetectorFit Of(DimeEstimator estimator) => new(estimator.Accumulate, sums => estimator.Fit((DimeSums)sums));

    public static DetectorFit Of(EnsembleEstimator estimator) => new(estimator.Accumulate, sums => estimator.Fit((EnsembleSums)sums));
}
