using System.CommandLine;
using System.CommandLine.Parsing;
using Dime.Tool.Inputs;

namespace Dime.Tool.Options;

/// <summary>The options that name rows.</summary>
internal sealed class InputOptions
{
    private readonly Option<string[]> _images;
    private readonly Option<string[]> _embeddings;
    private readonly EmbeddingFileOptions _file = new();
    private readonly SkipUnreadableOption _skip;
    private readonly bool _skipsFiles;

    /// <param name="takesSeveral">Whether more than one folder or file may be named.</param>
    public InputOptions(bool takesSeveral = false)
    {
        string more = takesSeveral ? " May be more than one." : "";
        _images = Paths("--images", $"A folder of images (with its subfolders).{more}", "folder", takesSeveral);
        _embeddings = Paths("--embeddings", $"A file of embeddings: .csv, .tsv, .parquet, .npy (NumPy) or .idv (ML.NET); - for CSV from standard input.{more}", "file", takesSeveral);
        _skip = new SkipUnreadableOption();
    }

    private InputOptions(Option<string[]> images, Option<string[]> embeddings, SkipUnreadableOption skip)
    {
        (_images, _embeddings, _skip, _skipsFiles) = (images, embeddings, skip, true);
    }

    /// <summary>The options that name shards, which other machines read; files of embeddings that cannot be read may be left out too.</summary>
    public static InputOptions OfShards()
    {
        Option<string[]> embeddings = Paths("--embeddings", "The shards: files of embeddings (.csv, .tsv, .parquet, .npy or .idv) by a path that all workers see; the last name may have * in it. May be more than one.", "pattern", takesSeveral: true);
        embeddings.Aliases.Add("--shards");
        return new InputOptions(
            Paths("--images", "Or folders of images, each of which is a shard, by a path that all workers see; the last name may have * in it. May be more than one.", "pattern", takesSeveral: true),
            embeddings,
            new SkipUnreadableOption("Leave out shards, and images in shards, that cannot be read, and say which."));
    }

    /// <param name="command">The command.</param>
    /// <param name="others">Options that name other files of the same kind.</param>
    public void AddTo(Command command, params Option<string?>[] others)
    {
        command.Add(_images);
        command.Add(_embeddings);
        _file.AddTo(command, result => HasImages(result) ? [] : [.. Given(result, _embeddings), .. others.Select(result.GetValue).OfType<string>()]);
        command.Add(_skip);
        command.Validators.Add(result =>
        {
            if (HasImages(result) == Given(result, _embeddings).Length > 0)
            {
                result.AddError("Give either --images or --embeddings.");
            }
            else if (result.GetValue(_skip) && !HasImages(result) && !_skipsFiles)
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
    public bool HasImages(CommandResult result) => Given(result, _images).Length > 0;

    /// <summary>Whether a column of classes is named.</summary>
    public bool HasLabel(CommandResult result) => _file.Read(result).LabelColumn is not null;

    /// <summary>The folder of images, or the file of embeddings, where one is named.</summary>
    public string Path(ParseResult parsed) => Paths(parsed.CommandResult).Single();

    /// <summary>The folders of images, or the files of embeddings.</summary>
    public IReadOnlyList<string> Paths(CommandResult result) => [.. Given(result, _images), .. Given(result, _embeddings)];

    /// <summary>Whether images that cannot be read are left out.</summary>
    public bool SkipsUnreadable(ParseResult parsed) => parsed.GetValue(_skip);

    /// <summary>How a file of embeddings is read.</summary>
    public EmbeddingOptions Embeddings(ParseResult parsed) => _file.Read(parsed.CommandResult);

    private static Option<string[]> Paths(string name, string description, string helpName, bool takesSeveral) => new(name)
    {
        Description = description,
        HelpName = helpName,
        Arity = takesSeveral ? ArgumentArity.OneOrMore : ArgumentArity.ExactlyOne,
        CustomParser = OptionParsers.Texts,
        AllowMultipleArgumentsPerToken = takesSeveral,
    };

    private static string[] Given(CommandResult result, Option<string[]> option) => result.GetValue(option) ?? [];
}
