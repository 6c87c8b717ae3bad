using Dime.MLNet;
using Dime.Tool.Inputs;
using Dime.Tool.Models;

namespace Dime.Tool.Jobs;

/// <summary>What <c>dime fit</c> does.</summary>
/// <param name="Input">The folder of images, or the file of embeddings.</param>
/// <param name="Images">How images become the network's input; null where the input is embeddings.</param>
/// <param name="Embeddings">How a file of embeddings is read.</param>
/// <param name="Detector">How the detector is fitted, and what it appends.</param>
/// <param name="CalibrationInput">Other rows to calibrate on; null to calibrate as <paramref name="Detector"/> says.</param>
/// <param name="SkipsUnreadable">Whether images that cannot be read are left out.</param>
/// <param name="Seed">Chooses the held-out rows.</param>
/// <param name="Output">The zip.</param>
internal sealed record FitSettings(
    string Input,
    ImageSettings? Images,
    EmbeddingOptions Embeddings,
    DetectorSettings Detector,
    string? CalibrationInput,
    bool SkipsUnreadable,
    int Seed,
    string Output)
{
    /// <summary>The column of the rows' classes; null where they have none of their own.</summary>
    public string? ClassColumnName => Images is not null
        ? (Detector.Classes == ClassSource.Folders ? RowColumns.Class : null)
        : Embeddings.LabelColumn is ImagePipeline.FeatureColumn or RowColumns.Id ? RowColumns.Class : Embeddings.LabelColumn;
}

/// <summary>How a detector is fitted.</summary>
/// <param name="Method">Which detector it is.</param>
/// <param name="Classes">Where the classes of images come from; null for the logits, where the network has them.</param>
/// <param name="Rank">The dimension of DIME's hyperplane; null to choose it by the explained variance.</param>
/// <param name="ExplainedVariance">The share of the variance that DIME's hyperplane shall explain.</param>
/// <param name="GivesWithin">Whether the distance within DIME's hyperplane is given too.</param>
/// <param name="OutlierProbability">The probability from which on a row is flagged.</param>
/// <param name="Calibration">Which of the rows calibrate the probabilities.</param>
internal sealed record DetectorSettings(
    FitMethod Method,
    ClassSource? Classes,
    int? Rank,
    double ExplainedVariance,
    bool GivesWithin,
    double OutlierProbability,
    Calibration Calibration);

/// <summary>What is fitted.</summary>
internal enum FitMethod
{
    /// <summary>One DIME distance, as in the paper.</summary>
    Dime,

    /// <summary>Several scores in one probability.</summary>
    Ensemble,
}
