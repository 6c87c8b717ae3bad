using Dime.Tool.Inputs;
using Dime.Tool.Report.Figures;

namespace Dime.Tool.Jobs;

/// <summary>A set of rows of which it is known whether they are in distribution.</summary>
/// <param name="Name">The name to show.</param>
/// <param name="Path">The folder of images, or the file of embeddings.</param>
/// <param name="Role">What is known of the rows.</param>
internal sealed record NamedSet(string Name, string Path, SetRole Role)
{
    /// <summary>Reads <c>name=path</c>, or a path that gives the name too.</summary>
    public static NamedSet Parse(string text, SetRole role)
    {
        int mark = text.IndexOf('=', StringComparison.Ordinal);
        return mark > 0 && !File.Exists(text) && !Directory.Exists(text)
            ? new NamedSet(text[..mark], text[(mark + 1)..], role)
            : new NamedSet(NameOf(text), text, role);
    }

    private static string NameOf(string path) => path == EmbeddingFile.StandardInput
        ? "standard input"
        : System.IO.Path.GetFileNameWithoutExtension(System.IO.Path.TrimEndingDirectorySeparator(path));
}
