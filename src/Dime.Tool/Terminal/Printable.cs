namespace Dime.Tool.Terminal;

/// <summary>Text of files and their names, for a terminal: it would obey control characters.</summary>
internal static class Printable
{
    public static string Of(string text) => text.Any(IsObeyed) ? string.Concat(text.Select(c => IsObeyed(c) ? '\uFFFD' : c)) : text;

    private static bool IsObeyed(char c) => char.IsControl(c) && c is not ('\n' or '\t');
}
