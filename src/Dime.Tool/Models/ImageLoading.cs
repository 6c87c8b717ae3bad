using Dime.Server.Images;
using Dime.Server.Models;
using Dime.Tool.Images;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace Dime.Tool.Models;

/// <summary>Applies transformers, of which those that load images leave the reading of the files to the tool.</summary>
internal static class ImageLoading
{
    private const string IsReadable = "dime.readable";

    /// <param name="mlContext">The context.</param>
    /// <param name="transformers">The transformers, in the order in which they are applied.</param>
    /// <param name="rows">The rows.</param>
    /// <param name="unreadable">Hears of images that cannot be read, when the rows are read.</param>
    /// <returns>The rows with what the transformers append; images are read by the threads that read the rows.</returns>
    public static IDataView Transform(MLContext mlContext, IEnumerable<ITransformer> transformers, IDataView rows, UnreadableImages unreadable) =>
        PipelineParts.Transform(transformers, rows, (view, column) => Load(mlContext, column, view, unreadable));

    private static IDataView Load(MLContext mlContext, ImageColumn column, IDataView rows, UnreadableImages unreadable)
    {
        var input = SchemaDefinition.Create(typeof(PathRow));
        input[nameof(PathRow.Path)].ColumnName = column.PathColumn;
        var output = SchemaDefinition.Create(typeof(ImageRow));
        output[nameof(ImageRow.Image)].ColumnName = column.Name;
        IDataView images = mlContext.Transforms.CustomMapping<PathRow, ImageRow>(Read, contractName: null, input, output).Fit(rows).Transform(rows);
        return unreadable.AreSkipped ? mlContext.Data.FilterByCustomPredicate<ReadableRow>(images, row => !row.IsReadable) : images;

        // Each thread has one row of images, and is done with the last when it asks for the next.
        void Read(PathRow path, ImageRow image)
        {
            image.Image?.Dispose();
            image.Image = null;
            string file = string.IsNullOrWhiteSpace(column.Folder) ? path.Path : Path.Combine(column.Folder, path.Path);
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
