using System.CommandLine;
using System.Globalization;
using Dime.Tool.Images;
using Dime.Tool.Terminal;

namespace Dime.Tool.Options;

/// <summary><c>--skip-unreadable</c>, and what is said of the images that it leaves out.</summary>
internal sealed class SkipUnreadableOption : Option<bool>
{
    private const int MostNames = 5;

    /// <param name="description">What is left out, where it is not images alone.</param>
    public SkipUnreadableOption(string description = "Leave out images that cannot be read, and say which; without it, the first one ends the command.")
        : base("--skip-unreadable") => Description = description;

    /// <summary>Says how many images were left out, and which they are, or the first of them.</summary>
    public static void Remark(ToolConsole console, IReadOnlyList<UnreadableImage> images)
    {
        if (images.Count == 0)
        {
            return;
        }

        console.Remark(string.Create(CultureInfo.InvariantCulture, $"Left out {images.Count} unreadable image{(images.Count == 1 ? "" : "s")}:"));
        foreach (UnreadableImage image in images.Take(MostNames))
        {
            console.Remark($"  '{image.File}' {image.Fault}");
        }

        if (images.Count > MostNames)
        {
            console.Remark(string.Create(CultureInfo.InvariantCulture, $"  and {images.Count - MostNames} more; --json gives them all."));
        }
    }
}
