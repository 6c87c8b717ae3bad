namespace Dime.MLNet.Modelling.Ensembles;

/// <summary>The classes that rows belong to, by name; a class's number is its place in the list, which only grows.</summary>
internal sealed class ClassWeights
{
    private readonly List<string> _names = [];
    private readonly List<double> _weights = [];
    private readonly Dictionary<string, int> _numbers = [];

    public int Count => _names.Count;

    public IReadOnlyList<string> Names => _names.AsReadOnly();

    /// <summary>The number of a class, which is added where it is new.</summary>
    public int NumberOf(string name)
    {
        if (!_numbers.TryGetValue(name, out int number))
        {
            number = _names.Count;
            _numbers.Add(name, number);
            _names.Add(name);
            _weights.Add(0);
        }

        return number;
    }

    /// <summary>n_c, the weight of a class's rows.</summary>
    public double this[int number]
    {
        get => _weights[number];
        set => _weights[number] = value;
    }

    /// <summary>The numbers of all classes in the order of their names, which does not depend on which came first.</summary>
    public int[] InOrderOfNames() => [.. Enumerable.Range(0, Count).OrderBy(number => _names[number], StringComparer.Ordinal)];
}

/// <summary>The sums of one class in one column.</summary>
/// <param name="Weight">n_c, the sum of its rows' weights.</param>
/// <param name="Sum">Σ w·x over its rows.</param>
internal sealed record ClassSum(double Weight, double[] Sum)
{
    // The mean of a single row is that row, and says nothing about others.
    private const double LeastWeight = 2;

    public bool HasMean => HasMeanOf(Weight);

    public static bool HasMeanOf(double weight) => weight >= LeastWeight;
}
