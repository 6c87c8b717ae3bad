using Dime.Tool.Images;
using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Transforms.Image;

namespace Dime.Tool.Models;

/// <summary>
/// Applies transformers, of which those that load images leave the reading of the files to the tool: ML.NET's takes half
/// an image for a whole one, has no regard for orientation, and does not say which file it cannot read.
/// </summary>
internal static class ImageLoading
{
    private const string IsReadable = "dime.readable";

    /// <param name="mlContext">The context.</param>
    /// <param name="transformers">The transformers, in the order in which they are applied.</param>
    /// <param name="rows">The rows.</param>
    /// <param name="unreadable">Hears of images that cannot be read, when the rows are read.</param>
    /// <returns>The rows with what the transformers append; images are read by the threads that read the rows.</returns>
    public static IDataView Transform(MLContext mlContext, IEnumerable<ITransformer> transformers, IDataView rows, UnreadableImages unreadable) =>
        transformers.Aggregate(rows, (view, transformer) => transformer is ImageLoadingTransformer loader
            ? Load(mlContext, loader, view, unreadable)
            : transformer.Transform(view));

    private static IDataView Load(MLContext mlContext, ImageLoadingTransformer loader, IDataView rows, UnreadableImages unreadable)
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
            rows, (view, output) => Load(mlContext, loader.ImageFolder, mapper.GetDependencies([output]).Single().Name, output.Name, view, unreadable));
    }

    private static IDataView Load(
        MLContext mlContext, string? folder, string pathColumn, string imageColumn, IDataView rows, UnreadableImages unreadable)
    {
        var input = SchemaDefinition.Create(typeof(PathRow));
        input[nameof(PathRow.Path)].ColumnName = pathColumn;
        var output = SchemaDefinition.Create(typeof(ImageRow));
        output[nameof(ImageRow.Image)].ColumnName = imageColumn;
        IDataView images = mlContext.Transforms.CustomMapping<PathRow, ImageRow>(Read, contractName: null, input, output).Fit(rows).Transform(rows);
        return unreadable.AreSkipped ? mlContext.Data.FilterByCustomPredicate<ReadableRow>(images, row => !row.IsReadable) : images;

        // Each thread has one row of images, and is done with the last when it asks for the next.
        void Read(PathRow path, ImageRow image)
        {
            image.Image?.Dispose();
            image.Image = null;
            string file = string.IsNullOrWhiteSpace(folder) ? path.Path : Path.Combine(folder, path.Path);
            image.IsReadable = ImageFile.TryRead(file, out ImagePixels? pixels, out string? fault);
            using (pixels)
            {
                if (fault is null)
                {
                    image.Image = pixels!.ToMLImage();
                    image.Image.Tag = file;
                }
                else
                {
                    unreadable.Add(file, fault);
                }
            }
        }
    }

    private sealed class PathRow
    {
        public string Path { get; set; } = "";
    }

    private sealed class ImageRow
    {
        [AnyImage]
        public MLImage? Image { get; set; }

        [ColumnName(ImageLoading.IsReadable)]
        public bool IsReadable { get; set; }
    }

    private sealed class ReadableRow
    {
        [ColumnName(ImageLoading.IsReadable)]
        public bool IsReadable { get; set; }
    }
}
