using Dime.MLNet.Detection.Training;

namespace Dime.MLNet;

/// <summary>What <see cref="DimeEstimator"/> fits to: <see cref="DimeEstimator.Accumulate"/> makes it, <see cref="DimeEstimator.Fit(DimeSums)"/> takes it.</summary>
/// <inheritdoc path="/remarks"/>
public sealed class DimeSums : DetectorSums
{
    internal DimeSums(TrainingSums sums)
        : base(sums) => Options = DimeOptions.Of(sums.Setup.Scoring, (HyperplaneFitSettings)sums.Setup.Fit, sums.Setup.Calibration);

    /// <summary>The options that the sums were made with; those of an estimator may differ from them in what matters to the fit alone.</summary>
    public DimeOptions Options { get; }
}
