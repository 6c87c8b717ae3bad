using Dime.MLNet.Detection.Training;

namespace Dime.MLNet;

/// <summary>What <see cref="EnsembleEstimator"/> fits to: <see cref="EnsembleEstimator.Accumulate"/> makes it, <see cref="EnsembleEstimator.Fit(EnsembleSums)"/> takes it.</summary>
/// <inheritdoc path="/remarks"/>
public sealed class EnsembleSums : DetectorSums
{
    internal EnsembleSums(TrainingSums sums)
        : base(sums) => Options = EnsembleOptions.Of(sums.Setup.Scoring, (EnsembleFitSettings)sums.Setup.Fit, sums.Setup.Calibration);

    /// <summary>The options that the sums were made with; those of an estimator may differ from them in what matters to the fit alone.</summary>
    public EnsembleOptions Options { get; }
}
