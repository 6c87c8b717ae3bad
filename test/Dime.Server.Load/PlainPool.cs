using Microsoft.Extensions.ObjectPool;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace Dime.Server.Load;

/// <summary>What a user has without Dime.MLNet: a network in ML.NET's own stages, behind a pool of prediction engines, and no detector.</summary>
internal sealed class PlainPool : IPool
{
    private const int Side = 32;

    private readonly MLContext _mlContext = new();
    private readonly ITransformer _model;
    private readonly ObjectPool<PredictionEngine<Photo, Logits>> _engines;

    /// <param name="network">A network of images of 32 × 32 pixels, with the input <c>image</c> and the output <c>logits</c>.</param>
    public PlainPool(string network)
    {
        IDataView none = _mlContext.Data.LoadFromEnumerable<Photo>([]);
        _model = _mlContext.Transforms.ResizeImages("resized", Side, Side, nameof(Photo.Image))
            .Append(_mlContext.Transforms.ExtractPixels("image", "resized", scaleImage: 1 / 255f))
            .Append(_mlContext.Transforms.ApplyOnnxModel("logits", "image", network))
            .Fit(none);
        _engines = new DefaultObjectPoolProvider { MaximumRetained = 1024 }.Create(new Policy(_mlContext, _model));
    }

    public object Predict(Stream stream)
    {
        using var image = MLImage.CreateFromStream(stream);
        PredictionEngine<Photo, Logits> engine = _engines.Get();
        try
        {
            return engine.Predict(new Photo { Image = image });
        }
        finally
        {
            _engines.Return(engine);
        }
    }

    public void Dispose() => (_model as IDisposable)?.Dispose();

    private sealed class Policy(MLContext mlContext, ITransformer model) : PooledObjectPolicy<PredictionEngine<Photo, Logits>>
    {
        public override PredictionEngine<Photo, Logits> Create() =>
            mlContext.Model.CreatePredictionEngine<Photo, Logits>(model, new PredictionEngineOptions { OwnsTransformer = false });

        public override bool Return(PredictionEngine<Photo, Logits> obj) => true;
    }
}

/// <summary>What a network says.</summary>
internal sealed class Logits
{
    [ColumnName("logits")]
    public float[] Values { get; set; } = [];
}
