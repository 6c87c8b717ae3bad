using System.CommandLine;
using System.CommandLine.Parsing;
using Dime.Tool.Inputs;
using Dime.Tool.Jobs;
using Dime.Tool.Report.Figures;

namespace Dime.Tool.Options;

/// <summary>The options that name sets of which it is known whether they are in distribution.</summary>
internal sealed class SetOptions(bool areRequired)
{
    private readonly Option<string?> _inDistribution = new("--in-distribution", "--in")
    {
        Description = "Rows like the training data, which the model was not fitted to: a folder of images or a file of embeddings.",
        HelpName = "[name=]path",
        Required = areRequired,
    };

    private readonly Option<string[]> _outOfDistribution = new("--out-of-distribution", "--ood")
    {
        Description = "Rows that should be flagged; may be given more than once.",
        HelpName = "[name=]path",
        Required = areRequired,
        AllowMultipleArgumentsPerToken = true,
    };

    private readonly EmbeddingFileOptions _file = new();
    private readonly SkipUnreadableOption _skip = new();

    /// <param name="command">The command.</param>
    /// <param name="others">Options that name further sets.</param>
    public void AddTo(Command command, params Option<string?>[] others)
    {
        command.Add(_inDistribution);
        command.Add(_outOfDistribution);
        foreach (Option<string?> other in others)
        {
            command.Add(other);
        }

        _file.AddTo(command, result => Sets(result).Select(set => set.Path).Concat(others.Select(result.GetValue).OfType<string>().Select(text => NameAndPath(text).Path)));
        command.Add(_skip);
        command.Validators.Add(result =>
        {
            if (result.GetValue(_inDistribution) is null && result.GetValue(_outOfDistribution) is null or [])
            {
                result.AddError("Name at least one set with --in-distribution or --out-of-distribution.");
            }
        });
    }

    /// <summary>The sets, the one in distribution first.</summary>
    public IReadOnlyList<NamedSet> Sets(ParseResult parsed) => Sets(parsed.CommandResult);

    private IReadOnlyList<NamedSet> Sets(CommandResult result)
    {
        IEnumerable<string> first = result.GetValue(_inDistribution) is { } path ? [path] : [];
        return
        [
            .. first.Select(text => Named(text, SetRole.InDistribution)),
            .. (result.GetValue(_outOfDistribution) ?? []).Select(text => Named(text, SetRole.OutOfDistribution)),
        ];
    }

    /// <summary>Whether images that cannot be read are left out.</summary>
    public bool SkipsUnreadable(ParseResult parsed) => parsed.GetValue(_skip);

    /// <summary>How files of embeddings are read.</summary>
    public EmbeddingOptions Embeddings(ParseResult parsed) => _file.Read(parsed.CommandResult);

    /// <summary>The parts of <c>name=path</c>, or a path that gives the name too.</summary>
    public static (string Name, string Path) NameAndPath(string text)
    {
        int mark = text.IndexOf('=', StringComparison.Ordinal);
        return mark > 0 && !File.Exists(text) && !Directory.Exists(text) ? (text[..mark], text[(mark + 1)..]) : (NameOf(text), text);
    }

    private static NamedSet Named(string text, SetRole role)
    {
        (string name, string path) = NameAndPath(text);
        return new NamedSet(name, path, role);
    }

    private static string NameOf(string path) => path == EmbeddingFile.StandardInput
        ? "standard input"
        : Path.GetFileNameWithoutExtension(Path.TrimEndingDirectorySeparator(path));
}
