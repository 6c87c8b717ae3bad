namespace Dime.Server.Endpoints;

/// <summary>What tells a row from others: what the client calls it, or a name that no other row has.</summary>
internal static class RowId
{
    private const int MostCharacters = 200;

    public static string Of(string? given)
    {
        if (string.IsNullOrWhiteSpace(given))
        {
            return Guid.CreateVersion7().ToString("N");
        }

        // A database takes no NUL, and nobody wants to see the others.
        string text = string.Concat(given.Where(c => !char.IsControl(c) && !char.IsSurrogate(c)));
        return text.Length <= MostCharacters ? text : text[..MostCharacters];
    }
}
