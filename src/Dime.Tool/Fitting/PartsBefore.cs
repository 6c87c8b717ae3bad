using Dime.MLNet;

namespace Dime.Tool.Fitting;

/// <summary>What is remembered of files of sums, to say in the words of the command line why another does not belong to them.</summary>
internal sealed class PartsBefore
{
    private readonly Dictionary<string, (string File, string Identity)> _sources = new(StringComparer.Ordinal);
    private (string File, IReadOnlyDictionary<string, string> Properties)? _first;

    /// <exception cref="InputException">The sums do not belong to those before them.</exception>
    public void Add(DetectorSums sums, string file)
    {
        (string first, IReadOnlyDictionary<string, string> properties) = _first ??= (file, sums.Properties);
        if (!(properties.Count == sums.Properties.Count && properties.All(sums.Properties.Contains))
            && PartProperties.Of(properties, first).DifferenceOf(PartProperties.Of(sums.Properties, file)) is { } difference)
        {
            throw new InputException($"'{file}' does not belong to '{first}': {difference}. Accumulate all parts in the same way.");
        }

        foreach (SumsSource source in sums.Sources)
        {
            if (_sources.TryGetValue(source.Name, out (string File, string Identity) other))
            {
                throw new InputException(other.Identity == source.Identity
                    ? $"'{file}' has the part '{source.Name}', which '{other.File}' has already; give it once."
                    : $"'{file}' has a part '{source.Name}', and '{other.File}' another of that name; give each a name of its own with --source when it is accumulated.");
            }

            _sources.Add(source.Name, (file, source.Identity));
            if (_sources.Count > 1 && _sources.TryGetValue("", out (string File, string) nameless))
            {
                throw new InputException($"'{nameless.File}' was accumulated as data that is not in parts (--source \"\"), and merges with no others; accumulate it under a name.");
            }
        }
    }
}
