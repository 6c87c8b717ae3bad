using Dime.MLNet.Modelling.Ensembles;

namespace Dime.MLNet.Onnx.Detectors;

/// <summary>All that the operators of a detector are made from.</summary>
/// <param name="OutlierProbability">The probability from which on a row is flagged.</param>
internal abstract record Detector(double OutlierProbability)
{
    /// <summary>What it reads, in this order.</summary>
    public abstract IReadOnlyList<DetectorInput> Inputs { get; }

    /// <summary>Whether there are probabilities, and with them a flag.</summary>
    public abstract bool IsCalibrated { get; }

    /// <summary>The names of what it hands out.</summary>
    public abstract DetectorOutputs Outputs(Func<string, string> choose);
}

/// <summary>Embeddings that a detector reads.</summary>
/// <param name="Name">What they are called.</param>
/// <param name="Dimension">Their length.</param>
internal sealed record DetectorInput(string Name, int Dimension);

/// <summary>DIME, of one tensor.</summary>
/// <param name="Embedding">The fitted model.</param>
/// <param name="OutlierProbability">The probability from which on a row is flagged.</param>
/// <param name="IncludesWithin">Whether the distance within the hyperplane, and its probability, are among the outputs.</param>
internal sealed record DimeDetector(ModelledEmbedding Embedding, double OutlierProbability, bool IncludesWithin) : Detector(OutlierProbability)
{
    private const string InputName = "features";

    public override IReadOnlyList<DetectorInput> Inputs => [new DetectorInput(InputName, Embedding.Dimension)];

    public override bool IsCalibrated => Embedding.IsCalibrated;

    public override DetectorOutputs Outputs(Func<string, string> choose) => new(
        choose("distance"),
        IsCalibrated ? choose("probability") : null,
        IsCalibrated ? choose("is_out_of_distribution") : null,
        IncludesWithin ? choose("within_distance") : null,
        IncludesWithin && IsCalibrated ? choose("within_probability") : null);
}

/// <summary>Several scores in one probability; always calibrated.</summary>
/// <param name="Ensemble">The fitted model.</param>
/// <param name="OutlierProbability">The probability from which on a row is flagged.</param>
internal sealed record EnsembleDetector(ModelledEnsemble Ensemble, double OutlierProbability) : Detector(OutlierProbability)
{
    public override IReadOnlyList<DetectorInput> Inputs => [.. Columns.Select(column => new DetectorInput(column.Name, column.Dimension))];

    /// <summary>The columns that a score reads, in the order of the layout.</summary>
    public IEnumerable<EmbeddingColumn> Columns => Ensemble.Layout.Where(column => Ensemble.Groups.Any(group => group.Column == column));

    public override bool IsCalibrated => true;

    public EnsembleCalibration Calibration => Ensemble.Calibration!;

    public override DetectorOutputs Outputs(Func<string, string> choose) =>
        new(choose("distance"), choose("probability"), choose("is_out_of_distribution"), null, null) { ScoreProbabilities = choose("score_probabilities") };
}
