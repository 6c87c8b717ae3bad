using System.Buffers;
using System.Text;

namespace Dime.Server.Endpoints;

/// <summary>What tells a row from others: what the client calls it, or a name that no other row has.</summary>
internal static class RowId
{
    private const int MostCharacters = 200;

    public static string Of(string? given)
    {
        if (string.IsNullOrWhiteSpace(given))
        {
            return New();
        }

        // A database takes no NUL and no half of a character, and nobody wants to see the others.
        var text = new StringBuilder();
        for (int i = 0; i < given.Length;)
        {
            bool isWhole = Rune.DecodeFromUtf16(given.AsSpan(i), out Rune rune, out int length) == OperationStatus.Done;
            if (text.Length + length > MostCharacters)
            {
                break;
            }

            if (isWhole && !Rune.IsControl(rune))
            {
                text.Append(given, i, length);
            }

            i += length;
        }

        return text.Length > 0 ? text.ToString() : New();
    }

    private static string New() => Guid.CreateVersion7().ToString("N");
}
