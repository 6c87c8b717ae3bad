using System.Collections.Concurrent;
using Dime.MLNet;
using Dime.Tool.Models;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace Dime.Server.Load;

/// <summary>The pipeline that <c>dime serve</c> serves, with its batched network and its detector, behind prediction engines.</summary>
internal sealed class EnginePool : IPool
{
    private readonly ConcurrentBag<PredictionEngine<Photo, Verdict>> _idle = [];
    private readonly MLContext _mlContext = new();
    private readonly TransformerChain<ITransformer> _model;
    private readonly SchemaDefinition _input = SchemaDefinition.Create(typeof(Photo));
    private readonly SchemaDefinition _output = SchemaDefinition.Create(typeof(Verdict));

    /// <param name="file">A pipeline that <c>dime fit</c> made: the image is given in the place of its path.</param>
    public EnginePool(string file)
    {
        ITransformer[] parts = [.. PartsOf(_mlContext.Model.Load(file, out _)).Where(part => part is not ImageLoadingTransformer)];
        _model = new TransformerChain<ITransformer>(parts);
        _input[nameof(Photo.Image)].ColumnName = "image";
        DetectorTransformer detector = parts.OfType<DetectorTransformer>().Last();
        _output[nameof(Verdict.Distance)].ColumnName = detector.DistanceColumnName;
        _output[nameof(Verdict.Probability)].ColumnName = detector.ProbabilityColumnName;
        _output[nameof(Verdict.IsOutOfDistribution)].ColumnName = detector.OutlierColumnName;
    }

    public object Predict(Stream stream)
    {
        using var image = MLImage.CreateFromStream(stream);
        PredictionEngine<Photo, Verdict> engine = _idle.TryTake(out PredictionEngine<Photo, Verdict>? idle) ? idle : Create();
        Verdict verdict = engine.Predict(new Photo { Image = image });
        _idle.Add(engine);
        return verdict;
    }

    public void Dispose() => _model.Dispose();

    private PredictionEngine<Photo, Verdict> Create() => _mlContext.Model.CreatePredictionEngine<Photo, Verdict>(
        _model, new PredictionEngineOptions { OwnsTransformer = false, InputSchemaDefinition = _input, OutputSchemaDefinition = _output });

    private static IEnumerable<ITransformer> PartsOf(ITransformer model) =>
        model is IEnumerable<ITransformer> chain ? chain.SelectMany(PartsOf) : [model];
}

/// <summary>What is sent.</summary>
internal sealed class Photo
{
    [AnyImage]
    public MLImage? Image { get; set; }
}

/// <summary>What is answered.</summary>
internal sealed class Verdict
{
    public float Distance { get; set; }

    public float Probability { get; set; }

    public bool IsOutOfDistribution { get; set; }
}
