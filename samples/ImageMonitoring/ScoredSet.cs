using Dime.MLNet;
using Microsoft.ML;

namespace ImageMonitoring;

/// <summary>A row of the pipeline's output.</summary>
internal sealed class ScoredImage
{
    public string Path { get; set; } = "";

    public float DimeDistance { get; set; }

    public float DimeProbability { get; set; }

    public bool IsOutOfDistribution { get; set; }

    /// <summary>What each score says by itself: the largest is the one that objects most.</summary>
    public float[] ScoreProbabilities { get; set; } = [];
}

/// <summary>What metrics read of it.</summary>
internal sealed class ScoredDistance
{
    public float DimeDistance { get; set; }
}

/// <summary>The images of one folder with what the model says of them.</summary>
internal sealed record ScoredSet(string Name, IDataView View, IReadOnlyList<ScoredImage> Images)
{
    /// <summary>How well one score alone tells the images from others.</summary>
    public OutOfDistributionMetrics Compare(ScoredSet inDistribution, int score) => OutOfDistributionMetrics.Compute(
        [.. inDistribution.Images.Select(image => image.ScoreProbabilities[score])], [.. Images.Select(image => image.ScoreProbabilities[score])]);

    public static ScoredSet Score(MLContext mlContext, ITransformer model, string name, IEnumerable<ImageFile> files)
    {
        IDataView scored = model.Transform(mlContext.Data.LoadFromEnumerable(files));
        List<ScoredImage> images = [.. mlContext.Data.CreateEnumerable<ScoredImage>(scored, reuseRowObject: false)];

        // The network has run; metrics need not run it again, and read the distances alone.
        return new ScoredSet(name, mlContext.Data.LoadFromEnumerable(images.Select(image => new ScoredDistance { DimeDistance = image.DimeDistance })), images);
    }
}
