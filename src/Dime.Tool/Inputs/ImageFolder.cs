using Dime.Tool.Terminal;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace Dime.Tool.Inputs;

/// <summary>All images below a folder, in an order that is the same everywhere.</summary>
internal sealed class ImageFolder : IRowSource
{
    private readonly IReadOnlyList<string> _files;

    /// <exception cref="InputException">There is no such folder, or no image in it.</exception>
    public ImageFolder(string folder)
    {
        Name = folder;
        if (!Directory.Exists(folder))
        {
            throw new InputException(File.Exists(folder)
                ? $"'{folder}' is a file; name the folder of the images."
                : $"There is no folder '{folder}'; name the folder of the images.");
        }

        _files = ImageFiles.Find(folder);
        if (_files.Count == 0)
        {
            throw new InputException(
                $"There are no images in '{folder}' ({string.Join(", ", ImageFiles.Extensions)}; hidden ones do not count); name another folder.");
        }
    }

    public string Name { get; }

    public long? RowCount => _files.Count;

    public IDataView ToView(MLContext mlContext, string columnName, RowProgress progress)
    {
        var schema = SchemaDefinition.Create(typeof(ImageRow));
        schema[nameof(ImageRow.Id)].ColumnName = RowColumns.Id;
        schema[nameof(ImageRow.Path)].ColumnName = columnName;
        return mlContext.Data.LoadFromEnumerable(Rows(progress), schema);
    }

    public void Dispose()
    {
    }

    private IEnumerable<ImageRow> Rows(RowProgress progress)
    {
        foreach (string file in _files)
        {
            progress.RowRead();
            yield return new ImageRow { Id = file, Path = file };
        }
    }

    private sealed class ImageRow
    {
        public string Id { get; set; } = "";

        public string Path { get; set; } = "";
    }
}
