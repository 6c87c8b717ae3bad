namespace Dime.Server.Errors;

/// <summary>What strangers are told of an exception: what is wrong, and no path of this machine.</summary>
internal static class PublicText
{
    /// <param name="exception">The exception.</param>
    /// <param name="files">Files that its message may name; they are called by their names alone.</param>
    public static string Of(Exception exception, params IEnumerable<string?> files)
    {
        if (Cause.Of(exception) is not InputException { Message: var text })
        {
            return "The file could not be loaded; the log of the server says why.";
        }

        foreach (string file in files.OfType<string>())
        {
            text = text.Replace(Path.GetFullPath(file), Path.GetFileName(file), StringComparison.Ordinal).Replace(file, Path.GetFileName(file), StringComparison.Ordinal);
        }

        // A message of another library may still name a folder.
        return text.Contains(Path.DirectorySeparatorChar) && text.Split(' ', '\'', '"', '(').Any(word => Path.IsPathRooted(word))
            ? "The file could not be loaded; the log of the server says why."
            : text;
    }
}
