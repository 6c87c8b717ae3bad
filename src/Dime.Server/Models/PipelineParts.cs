using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Transforms.Image;

namespace Dime.Server.Models;

/// <summary>The stages of a pipeline, whatever chains they stand in.</summary>
internal static class PipelineParts
{
    /// <returns>The transformers that are no chains, in the order in which they are applied.</returns>
    public static IEnumerable<ITransformer> Of(ITransformer model) =>
        model is IEnumerable<ITransformer> chain ? chain.SelectMany(Of) : [model];

    /// <summary>
    /// Applies transformers, of which those that load images leave the images to the caller: ML.NET's own loading takes half an image
    /// for a whole one, has no regard for orientation, and knows of files alone.
    /// </summary>
    /// <param name="transformers">The transformers, in the order in which they are applied.</param>
    /// <param name="rows">The rows.</param>
    /// <param name="load">Appends a column of images to rows.</param>
    /// <returns>The rows with what the transformers append.</returns>
    public static IDataView Transform(IEnumerable<ITransformer> transformers, IDataView rows, Func<IDataView, ImageColumn, IDataView> load) =>
        transformers.Aggregate(rows, (view, transformer) => transformer is ImageLoadingTransformer loader
            ? Load(loader, view, load)
            : transformer.Transform(view));

    private static IDataView Load(ImageLoadingTransformer loader, IDataView rows, Func<IDataView, ImageColumn, IDataView> load)
    {
        // What it appends stands behind the columns of the rows.
        DataViewSchema.Column[] outputs = [.. loader.GetOutputSchema(rows.Schema).Skip(rows.Schema.Count)];
        if (!outputs.All(output => output.Type is ImageDataViewType))
        {
            // It hands on the bytes of the files.
            return loader.Transform(rows);
        }

        IRowToRowMapper mapper = ((ITransformer)loader).GetRowToRowMapper(rows.Schema);
        return outputs.Aggregate(
            rows, (view, output) => load(view, new ImageColumn(output.Name, mapper.GetDependencies([output]).Single().Name, loader.ImageFolder)));
    }
}

/// <summary>A column of images that a pipeline loads from files.</summary>
/// <param name="Name">The column.</param>
/// <param name="PathColumn">The column of the paths.</param>
/// <param name="Folder">What the paths are relative to; null or empty for nothing.</param>
internal sealed record ImageColumn(string Name, string PathColumn, string? Folder);
