using Dime.MLNet;
using Dime.Tool.Inputs;
using Dime.Tool.Models;

namespace Dime.Tool.Fitting;

/// <summary>How rows are read and summed: all that matters to sums.</summary>
/// <param name="Method">What the sums are for.</param>
/// <param name="Classes">Where the classes of images come from; null for the logits, where the network has them.</param>
/// <param name="Images">How images become the network's input; null where rows are embeddings.</param>
/// <param name="Embeddings">How files of embeddings are read.</param>
/// <param name="CalibrationShare">The share of the rows that is held out to calibrate on; null for no calibration.</param>
/// <param name="SkipsUnreadable">Whether images that cannot be read are left out.</param>
/// <param name="Seed">Chooses the rows that are held out.</param>
internal sealed record SumsSettings(
    FitMethod Method,
    ClassSource? Classes,
    ImageSettings? Images,
    EmbeddingOptions Embeddings,
    double? CalibrationShare,
    bool SkipsUnreadable,
    int Seed)
{
    /// <summary>The column of the rows' classes; null where they have none of their own.</summary>
    public string? ClassColumnName => Images is not null
        ? (Classes == ClassSource.Folders ? RowColumns.Class : null)
        : Embeddings.LabelColumn is ImagePipeline.FeatureColumn or RowColumns.Id ? RowColumns.Class : Embeddings.LabelColumn;

    /// <summary>The pipeline that the rows go through.</summary>
    public PipelineSettings Pipeline => new(
        Method, Classes, Images, ClassColumnName, CalibrationShare is { } share ? Calibration.HeldOut(share) : Calibration.None);
}

/// <summary>A pipeline up to its detector, and what this sums.</summary>
/// <param name="Method">Which detector it is.</param>
/// <param name="Classes">Where the classes of images come from; null for the logits, where the network has them.</param>
/// <param name="Images">How images become the network's input; null where rows are embeddings.</param>
/// <param name="ClassColumnName">The column of the rows' classes; null where they have none of their own.</param>
/// <param name="Calibration">Which of the rows calibrate the probabilities.</param>
internal sealed record PipelineSettings(FitMethod Method, ClassSource? Classes, ImageSettings? Images, string? ClassColumnName, Calibration Calibration);
