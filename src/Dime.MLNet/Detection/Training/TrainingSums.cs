using Dime.MLNet.Modelling;

namespace Dime.MLNet.Detection.Training;

/// <summary>All that a fit needs of training data, or of a part of it: the sums, the rows that calibrate, and what they were made with.</summary>
internal sealed class TrainingSums
{
    private readonly List<SumsSource> _sources = [];
    private string? _identity;

    /// <param name="setup">What they are made with.</param>
    /// <param name="rows">The sums.</param>
    /// <param name="source">The name of the part; null where they are merged from parts.</param>
    public TrainingSums(TrainingSetup setup, IRowSums rows, string? source)
    {
        Setup = setup;
        Rows = rows;
        Source = source;
        Sample = setup.Calibration.MaxRows > 0 ? new RowSample(setup.Calibration.MaxRows, setup.Width) : null;
    }

    public TrainingSetup Setup { get; }

    public IRowSums Rows { get; }

    /// <summary>The name of the part; null where they are merged from parts.</summary>
    public string? Source { get; }

    /// <summary>The rows that calibrate; null where there are none.</summary>
    public RowSample? Sample { get; }

    /// <summary>The version of the library that made them.</summary>
    public string LibraryVersion { get; init; } = Serialization.LibraryVersion.Current;

    /// <summary>The parts that they are merged from; of a part itself, that part.</summary>
    public IReadOnlyList<SumsSource> Sources
    {
        get => Source is null ? _sources : [new SumsSource(Source, RowCount, Identity)];
        init => _sources = [.. value];
    }

    public int HeldOutCount => Setup.Calibration.IsHeldOut ? Sample!.Count : 0;

    /// <summary>The number of all rows, used or not.</summary>
    public long RowCount => Rows.Count + Rows.SkippedCount + Rows.UnclassifiedCount + HeldOutCount;

    /// <summary>A hash of the content, once nothing is added any more.</summary>
    public string Identity
    {
        get => _identity ??= TrainingSumsFormat.Save(Stream.Null, this);
        init => _identity = value;
    }

    /// <summary>Writes them, once nothing is added any more.</summary>
    public void Save(Stream stream) => _identity = TrainingSumsFormat.Save(stream, this);

    /// <summary>Sums of the same setup without rows, to add parts to.</summary>
    public TrainingSums BeginMerge() => new(Setup, Rows.CreateEmpty(), source: null);

    /// <summary>Says in a word which sums these are.</summary>
    public override string ToString() => Sources.Count == 1 ? $"'{Sources[0].Name}'" : $"'{Sources[0].Name}' to '{Sources[^1].Name}'";

    /// <summary>Adds a part to a merge.</summary>
    /// <exception cref="ArgumentException">It does not belong to those before it.</exception>
    /// <exception cref="InvalidOperationException">With it they are too much to fit.</exception>
    public void Add(TrainingSums part, string parameterName)
    {
        if (_sources.Count > 0)
        {
            Check(part, parameterName);
        }

        Setup.Fit.CheckClassCount(Rows.ClassNames.Union(part.Rows.ClassNames).Count());
        Rows.Merge(part.Rows);
        if (part.Sample is not null)
        {
            AddRows(Sample!.Merge(part.Sample, FactsOf(part)));
        }

        Rows.Settle();
        _sources.AddRange(part.Sources);
    }

    private void Check(TrainingSums part, string parameterName)
    {
        if (part.Setup.Fit.Kind != Setup.Fit.Kind)
        {
            throw new ArgumentException(
                $"The sums of {part} are for {part.Setup.Fit.Kind}, those of {this} before them for {Setup.Fit.Kind}: merge sums for the same detector.", parameterName);
        }

        foreach (SumsSource source in part.Sources)
        {
            if (_sources.Find(before => before.Name == source.Name) is { } before)
            {
                throw new ArgumentException(
                    before.Identity == source.Identity
                        ? $"The sums of '{source.Name}' are there twice, as a whole or within others that were merged: give them once."
                        : $"Rows of '{source.Name}' are in two of the sums that are merged, and not the same: give each part a name of its own by {nameof(AccumulationOptions)}.{nameof(AccumulationOptions.Source)} when it is accumulated, and give each once.",
                    parameterName);
            }

            if (source.Name.Length == 0 || _sources[0].Name.Length == 0)
            {
                throw new ArgumentException(
                    $"Sums without the name of a part cannot be told from others, and merge with none: set {nameof(AccumulationOptions)}.{nameof(AccumulationOptions.Source)} when a part is accumulated.",
                    parameterName);
            }
        }

        if (Setup.DifferenceOf(part.Setup) is { } difference)
        {
            throw new ArgumentException(
                $"The sums of {part} do not belong to those of {this} before them: {difference}. Accumulate all parts with the same options and seed, from embeddings made alike.",
                parameterName);
        }
    }

    /// <summary>What the facts of sampled rows of a part are here, where classes have other numbers.</summary>
    private Func<RowFacts, RowFacts> FactsOf(TrainingSums part)
    {
        if (Setup.Fit.ClassColumnName is null || !Setup.Calibration.IsHeldOut)
        {
            return facts => facts;
        }

        Dictionary<string, int> numbers = new(Rows.ClassNames.Select((name, number) => KeyValuePair.Create(name, number)));
        int[] here = [.. part.Rows.ClassNames.Select(name => numbers[name])];
        return facts => facts.Class < 0 ? facts : facts with { Class = here[facts.Class] };
    }

    /// <summary>Adds what has no place in the sample any more. Sampled rows that were not held out are in the sums already.</summary>
    private void AddRows(SampledRow[] rows)
    {
        if (!Setup.Calibration.IsHeldOut)
        {
            return;
        }

        foreach (SampleBlock block in SampleBlock.Of(rows, Setup.Width))
        {
            Rows.Add(
                block.Values.Span,
                Setup.Fit.ClassColumnName is null ? [] : Array.ConvertAll(block.Rows.ToArray(), row => row.Facts.Class),
                Setup.Fit.ExampleWeightColumnName is null ? [] : Array.ConvertAll(block.Rows.ToArray(), row => row.Facts.Weight));
        }
    }
}
