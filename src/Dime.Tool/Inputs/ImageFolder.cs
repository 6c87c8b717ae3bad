using Dime.Tool.Terminal;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace Dime.Tool.Inputs;

/// <summary>All images below a folder, in an order that is the same everywhere.</summary>
internal sealed class ImageFolder : IRowSource
{
    private readonly IReadOnlyList<string> _files;

    /// <param name="folder">The folder.</param>
    /// <param name="classes">Whether the folders in it are the classes of the images in them.</param>
    /// <exception cref="InputException">There is no such folder, no image in it, or an image without a class where there should be classes.</exception>
    public ImageFolder(string folder, FolderClasses classes = FolderClasses.None)
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

        if (classes != FolderClasses.None)
        {
            RequireClasses(areAll: classes == FolderClasses.All);
        }
    }

    public string Name { get; }

    public long? RowCount => _files.Count;

    public IDataView ToView(MLContext mlContext, string columnName, RowProgress progress, string? classColumnName = null)
    {
        var schema = SchemaDefinition.Create(typeof(ImageRow));
        schema[nameof(ImageRow.Id)].ColumnName = RowColumns.Id;
        schema.NameOrRemove(nameof(ImageRow.Class), classColumnName);
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
            yield return new ImageRow { Id = file, Path = file, Class = ClassOf(file) };
        }
    }

    private void RequireClasses(bool areAll)
    {
        if (_files.FirstOrDefault(file => ClassOf(file).Length == 0) is { } outside)
        {
            throw new InputException($"'{outside}' lies in no folder of '{Name}', whose folders are the classes; move it into the one of its class, or give other --classes.");
        }

        string[] classes = [.. _files.Select(ClassOf).Distinct().Take(2)];
        if (areAll && classes is [var only])
        {
            throw new InputException($"All images of '{Name}' lie in its folder '{only}', which is one class, and two are needed; name a folder with a folder for each class, or give other --classes.");
        }
    }

    /// <summary>The first folder below the one that was named; empty where there is none between.</summary>
    private string ClassOf(string file)
    {
        string below = Path.GetRelativePath(Name, file);
        int end = below.IndexOfAny([Path.DirectorySeparatorChar, Path.AltDirectorySeparatorChar]);
        return end < 0 ? "" : below[..end];
    }

    private sealed class ImageRow
    {
        public string Id { get; set; } = "";

        public string Path { get; set; } = "";

        public string Class { get; set; } = "";
    }
}

/// <summary>What folders in a folder of images say.</summary>
internal enum FolderClasses
{
    /// <summary>Nothing.</summary>
    None,

    /// <summary>The classes, of which others may have more.</summary>
    Some,

    /// <summary>All classes that there are.</summary>
    All,
}
