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
