using Dime.MLNet;
using Dime.Server.Errors;
using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Transforms.Onnx;

namespace Dime.Server.Models;

/// <summary>What the network of a pipeline says itself, beside the detector: its outputs, by their names and the columns they stand in.</summary>
internal static class NetworkOutputs
{
    /// <summary>Outputs that the pipeline computes anyway: those of a network that ML.NET runs, and the logits of an ensemble's energy.</summary>
    public static IEnumerable<(string Name, string Column)> Of(SavedModel model, DataViewSchema schema)
    {
        ITransformer[] parts = [.. model.Parts];
        IEnumerable<string> logits = model.Detector is EnsembleTransformer ensemble
            ? ensemble.Ensemble.Scores.Where(score => score.Kind == OutOfDistributionScoreKind.Energy).Select(score => score.ColumnName)
            : [];
        IEnumerable<(string, string)> ofFeatures =
            from network in parts.OfType<OnnxFeatureTransformer>()
            from pair in network.TensorNames.Zip(network.OutputColumnNames)
            where logits.Contains(pair.Second)
            select pair;
        IEnumerable<(string, string)> ofMLNet = parts.OfType<OnnxTransformer>()
            .SelectMany(network => network.GetOutputSchema(schema).Skip(schema.Count).Select(column => (column.Name, column.Name)));
        return ofFeatures.Concat(ofMLNet).Where(output => schema.GetColumnOrNull(output.Item2)?.Type is VectorDataViewType { ItemType: NumberDataViewType { RawType: var type } } && type == typeof(float));
    }

    /// <summary>A stage that computes all outputs of a network from the columns that the pipeline gives its own network.</summary>
    /// <exception cref="InputException">The network does not fit the pipeline.</exception>
    public static (ITransformer Stage, IReadOnlyList<(string Name, string Column)> Outputs) Create(MLContext mlContext, SavedModel model, string file, IDataView rows, int? threads)
    {
        OnnxFeatureTransformer own = model.Parts.OfType<OnnxFeatureTransformer>().LastOrDefault()
            ?? throw new InputException($"'{model.Path}' runs no network with ExtractOnnxFeatures, and so has nothing to give '{file}'; leave the network out.");
        try
        {
            var network = OnnxGraph.Load(file);
            string[] names = [.. network.Outputs.Select(output => output.Name)];
            string[] columns = [.. names.Select(name => $"dime.output.{name}")];
            ITransformer stage = mlContext.Transforms.ExtractOnnxFeatures(new OnnxFeatureOptions
            {
                Graph = network,
                InputColumnNames = own.InputColumnNames,
                TensorNames = names,
                OutputColumnNames = columns,
                PoolFeatureMaps = false,
                IntraOpNumThreads = threads,
            }).Fit(rows);
            return (stage, [.. names.Zip(columns)]);
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            throw new InputException($"The network '{file}' does not fit the model '{model.Path}': {Cause.Of(e).Message}", e);
        }
    }
}
