using Microsoft.ML;

namespace ImageMonitoring;

/// <summary>A row of the pipeline's output.</summary>
internal sealed class ScoredImage
{
    public string Path { get; set; } = "";

    public float DimeDistance { get; set; }

    public float DimeProbability { get; set; }

    public bool IsOutOfDistribution { get; set; }
}

/// <summary>The images of one folder with what the model says of them.</summary>
internal sealed record ScoredSet(string Name, IDataView View, IReadOnlyList<ScoredImage> Images)
{
    public static ScoredSet Score(MLContext mlContext, ITransformer model, string name, IEnumerable<ImageFile> files)
    {
        IDataView scored = model.Transform(mlContext.Data.LoadFromEnumerable(files));
        List<ScoredImage> images = [.. mlContext.Data.CreateEnumerable<ScoredImage>(scored, reuseRowObject: false)];

        // The network has run; metrics need not run it again.
        return new ScoredSet(name, mlContext.Data.LoadFromEnumerable(images), images);
    }
}
