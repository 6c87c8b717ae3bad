using System.Collections.ObjectModel;

namespace Dime.MLNet;

/// <summary>What to note of a part of the training data when it is accumulated.</summary>
public sealed class AccumulationOptions
{
    private readonly string _source = "";
    private readonly IReadOnlyDictionary<string, string> _properties = ReadOnlyDictionary<string, string>.Empty;

    /// <summary>
    /// The name of the part, such as that of its file: different for any two parts that are merged, and the same whenever the part is
    /// accumulated. With the seed and the row it decides which rows are held out. "", the default, is for data that is not in parts: the
    /// rows held out are then those of <c>Fit</c>, and the sums merge with no others.
    /// </summary>
    /// <exception cref="ArgumentNullException">The value is null.</exception>
    public string Source { get => _source; init => _source = value ?? throw new ArgumentNullException(nameof(value), "Use \"\" for data that is not in parts."); }

    /// <summary>
    /// What else the embeddings were made with, by names of the caller's: the hash of the network, the layer, how images were read. The sums
    /// keep it, and only parts for which all of it is equal merge. Empty by default.
    /// </summary>
    /// <exception cref="ArgumentNullException">The value is null.</exception>
    /// <exception cref="ArgumentException">A name is empty or white space, or what belongs to it null.</exception>
    public IReadOnlyDictionary<string, string> Properties
    {
        get => _properties;
        init
        {
            ArgumentNullException.ThrowIfNull(value);
            foreach ((string name, string text) in value)
            {
                if (string.IsNullOrWhiteSpace(name) || text is null)
                {
                    throw new ArgumentException($"The property '{name}' has no name, or null as its value: leave it out, or use \"\".", nameof(value));
                }
            }

            _properties = new SortedDictionary<string, string>(value.ToDictionary(), StringComparer.Ordinal).AsReadOnly();
        }
    }
}
