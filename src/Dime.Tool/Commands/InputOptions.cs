using System.CommandLine;
using System.CommandLine.Parsing;
using Dime.Tool.Inputs;

namespace Dime.Tool.Commands;

/// <summary>The options that name rows.</summary>
internal sealed class InputOptions
{
    private readonly Option<string?> _images = new("--images") { Description = "A folder of images (with its subfolders).", HelpName = "folder" };
    private readonly Option<string?> _embeddings = new("--embeddings")
    {
        Description = "A file of embeddings: .csv, .tsv, .parquet, .npy (NumPy) or .idv (ML.NET); - for CSV from standard input.",
        HelpName = "file",
    };

    private readonly EmbeddingFileOptions _file = new();
    private readonly SkipUnreadableOption _skip = new();

    /// <param name="command">The command.</param>
    /// <param name="others">Options that name other files of the same kind.</param>
    public void AddTo(Command command, params Option<string?>[] others)
    {
        command.Add(_images);
        command.Add(_embeddings);
        _file.AddTo(command, result => HasImages(result) ? [] : others.Prepend(_embeddings).Select(result.GetValue).OfType<string>());
        command.Add(_skip);
        command.Validators.Add(result =>
        {
            if (result.GetValue(_images) is null == result.GetValue(_embeddings) is null)
            {
                result.AddError("Give either --images or --embeddings.");
            }
            else if (result.GetValue(_skip) && !HasImages(result))
            {
                result.AddError("--skip-unreadable goes with --images: embeddings have no files to skip.");
            }
            else if (HasImages(result) && _file.Read(result).Given is [var option, ..])
            {
                result.AddError($"{option} goes with --embeddings: images have no columns.");
            }
        });
    }

    /// <summary>Whether images are given, not embeddings.</summary>
    public bool HasImages(CommandResult result) => result.GetValue(_images) is not null;

    /// <summary>Whether a column of classes is named.</summary>
    public bool HasLabel(CommandResult result) => _file.Read(result).LabelColumn is not null;

    /// <summary>The folder of images, or the file of embeddings.</summary>
    public string Path(ParseResult parsed) => parsed.GetValue(_images) ?? parsed.GetRequiredValue(_embeddings)!;

    /// <summary>Whether images that cannot be read are left out.</summary>
    public bool SkipsUnreadable(ParseResult parsed) => parsed.GetValue(_skip);

    /// <summary>How a file of embeddings is read.</summary>
    public EmbeddingOptions Embeddings(ParseResult parsed) => _file.Read(parsed.CommandResult);
}
