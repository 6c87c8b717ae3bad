using Dime.Tool.Terminal;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace Dime.Tool.Inputs;

/// <summary>All images below a folder, in an order that is the same everywhere.</summary>
internal sealed class ImageFolder : IRowSource
{
    // Rows on their way through ML.NET's threads when one of them fails.
    private const int MostRowsUnderway = 4096;

    private static readonly HashSet<string> _extensions = new(StringComparer.OrdinalIgnoreCase) { ".jpg", ".jpeg", ".png", ".bmp", ".gif", ".webp" };

    private readonly string[] _files;
    private int _read;

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

        _files =
        [
            .. Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories)
                .Where(file => _extensions.Contains(Path.GetExtension(file)))
                .Order(StringComparer.Ordinal),
        ];
        if (_files.Length == 0)
        {
            throw new InputException($"There are no images in '{folder}' ({string.Join(", ", _extensions.Order(StringComparer.Ordinal))}); name another folder.");
        }
    }

    public string Name { get; }

    public long? RowCount => _files.Length;

    public IDataView ToView(MLContext mlContext, string columnName, RowProgress progress)
    {
        SchemaDefinition schema = SchemaDefinition.Create(typeof(ImageRow));
        schema[nameof(ImageRow.Id)].ColumnName = RowColumns.Id;
        schema[nameof(ImageRow.Path)].ColumnName = columnName;
        return mlContext.Data.LoadFromEnumerable(Rows(progress), schema);
    }

    public string? Explain(Exception exception)
    {
        // Other stages of the pipeline fail where all images are sound.
        if (exception.GetBaseException().Source != typeof(MLImage).Assembly.GetName().Name)
        {
            return null;
        }

        string? culprit = _files.Take(_read).TakeLast(MostRowsUnderway).FirstOrDefault(file => !IsImage(file));
        return culprit is null ? null : $"'{culprit}' is not an image that can be read; repair or remove it.";
    }

    public void Dispose()
    {
    }

    private static bool IsImage(string file)
    {
        try
        {
            using MLImage image = MLImage.CreateFromFile(file);
            return image.Width > 0;
        }
        catch (Exception e) when (e is ArgumentException or InvalidOperationException or IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    private IEnumerable<ImageRow> Rows(RowProgress progress)
    {
        foreach (string file in _files)
        {
            progress.RowRead();
            _read++;
            yield return new ImageRow { Id = file, Path = file };
        }
    }

    private sealed class ImageRow
    {
        public string Id { get; set; } = "";

        public string Path { get; set; } = "";
    }
}
