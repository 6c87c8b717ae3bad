namespace Dime.Server.Models;

/// <summary>Values by their names.</summary>
internal static class NamedValues
{
    public static Dictionary<string, T> Of<T>(IReadOnlyList<string> names, T[] values)
    {
        var byName = new Dictionary<string, T>(names.Count);
        for (int i = 0; i < values.Length; i++)
        {
            // A score may be in an ensemble twice.
            if (!byName.TryAdd(names[i], values[i]))
            {
                byName.Add($"{names[i]} #{i + 1}", values[i]);
            }
        }

        return byName;
    }
}
