using Dime.Tool.Inputs;
using Dime.Tool.Models;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace Dime.Tool.Fitting;

/// <summary>The input of a pipeline without rows: who loads its zip need not have the tool's own columns, nor classes.</summary>
internal static class EmptyRows
{
    /// <param name="mlContext">The context.</param>
    /// <param name="layout">What a row of embeddings holds; null for images.</param>
    public static IDataView Of(MLContext mlContext, ColumnLayout? layout)
    {
        if (layout is null)
        {
            return mlContext.Data.LoadFromEnumerable<PathRow>([]);
        }

        var schema = SchemaDefinition.Create(typeof(FeatureRow));
        layout.Describe(schema[nameof(FeatureRow.Features)]);
        return mlContext.Data.LoadFromEnumerable<FeatureRow>([], schema);
    }

    private sealed class PathRow
    {
        [ColumnName(ImagePipeline.PathColumn)]
        public string Path { get; set; } = "";
    }

    private sealed class FeatureRow
    {
        [ColumnName(ImagePipeline.FeatureColumn)]
        public float[] Features { get; set; } = [];
    }
}
