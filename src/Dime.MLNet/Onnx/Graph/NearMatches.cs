namespace Dime.MLNet.Onnx.Graph;

/// <summary>Finds the names that someone who mistyped one may have meant.</summary>
internal static class NearMatches
{
    private const int MaxSuggestions = 5;

    // Longer names come from hostile files only, and the edit distance takes time proportional to both lengths.
    private const int MaxLength = 512;

    /// <summary>A sentence that lists the nearest names, or the number of names where none is near.</summary>
    public static string Suggest(string name, IReadOnlyCollection<string> candidates)
    {
        IReadOnlyList<string> near = Find(name, candidates);
        return near.Count > 0
            ? $"Did you mean {string.Join(" or ", near.Select(match => $"'{match}'"))}?"
            : $"None of its {candidates.Count} tensors has a similar name; OnnxGraph.Tensors lists them.";
    }

    /// <summary>At most five names that contain the wanted one, are contained in it, or differ in a third of its characters; the nearest first.</summary>
    public static IReadOnlyList<string> Find(string name, IEnumerable<string> candidates)
    {
        if (name.Length > MaxLength)
        {
            return [];
        }

        return
        [
            .. candidates
                .Where(candidate => candidate.Length <= MaxLength)
                .Select(candidate => (Name: candidate, Distance: EditDistance(name.ToUpperInvariant(), candidate.ToUpperInvariant())))
                .Where(match => match.Distance <= Math.Max(1, name.Length / 3) || IsPart(name, match.Name) || IsPart(match.Name, name))
                .OrderBy(match => match.Distance)
                .Take(MaxSuggestions)
                .Select(match => match.Name),
        ];
    }

    private static bool IsPart(string part, string whole) => whole.Contains(part, StringComparison.OrdinalIgnoreCase);

    /// <summary>Levenshtein's distance, one row of its table at a time.</summary>
    private static int EditDistance(string from, string to)
    {
        int[] row = Enumerable.Range(0, to.Length + 1).ToArray();
        for (int i = 1; i <= from.Length; i++)
        {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j <= to.Length; j++)
            {
                int substituted = diagonal + (from[i - 1] == to[j - 1] ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.Min(substituted, Math.Min(diagonal, row[j - 1]) + 1);
            }
        }

        return row[^1];
    }
}
