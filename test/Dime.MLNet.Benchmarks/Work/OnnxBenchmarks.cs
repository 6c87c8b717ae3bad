using BenchmarkDotNet.Attributes;
using Dime.MLNet.Benchmarks.Data;
using Microsoft.ML;

namespace Dime.MLNet.Benchmarks.Work;

/// <summary>The sample network up to its second stage, with and without DIME after it.</summary>
public class OnnxBenchmarks
{
    private const string TensorName = "/l2/l2.1/Relu_1_output_0";
    private const int Pairs = 60;
    private IDataView? _features;
    private IDataView? _scored;
    private IDataView? _scoredFromCache;

    [GlobalSetup]
    public void Setup()
    {
        var mlContext = new MLContext(seed: 1);
        IDataView images = mlContext.Data.Cache(mlContext.Data.LoadFromEnumerable(Images.Rows(Images.RandomPixels(Shapes.ImageRows))));
        _features = mlContext.Transforms.ExtractOnnxFeatures("Features", "image", Images.Network, TensorName).Fit(images).Transform(images);
        DimeTransformer dime = mlContext.Transforms.DetectOutOfDistribution().Fit(_features);
        _scored = dime.Transform(_features);
        _scoredFromCache = dime.Transform(mlContext.Data.Cache(_features, "Features"));
        DimeAlone();
    }

    [Benchmark(Baseline = true)]
    public double Network() => DataViews.ReadVectors(_features!, "Features");

    [Benchmark]
    public double NetworkAndDime() => DataViews.ReadNumbers(_scored!, "DimeProbability");

    [Benchmark]
    public double DimeAlone() => DataViews.ReadNumbers(_scoredFromCache!, "DimeProbability");

    /// <summary>Measures the network and both in turns.</summary>
    internal static PairedTimes MeasurePairs()
    {
        var benchmarks = new OnnxBenchmarks();
        benchmarks.Setup();
        return PairedTimes.Measure(() => benchmarks.Network(), () => benchmarks.NetworkAndDime(), Pairs);
    }
}
