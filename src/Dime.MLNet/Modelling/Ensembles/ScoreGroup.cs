using Kind = Dime.MLNet.OutOfDistributionScoreKind;

namespace Dime.MLNet.Modelling.Ensembles;

/// <summary>What scores are computed from.</summary>
internal enum ScoreFamily
{
    Hyperplane,
    Mahalanobis,
    FeatureNorm,
    Energy,
}

/// <summary>The scores of an ensemble that come from the same model of the same column, so that it is fitted once and each row is multiplied once.</summary>
internal sealed class ScoreGroup
{
    private static readonly int _kinds = Enum.GetValues<Kind>().Length;

    // For each kind the place of its score in the ensemble, or −1.
    private readonly int[] _slots = new int[_kinds];

    private ScoreGroup(Key key, IEnumerable<(OutOfDistributionScore Score, int Slot)> scores)
    {
        (Column, Family, Normalizes, Rank) = key;
        Array.Fill(_slots, -1);
        Kinds = [.. scores.Select(pair => pair.Score.Kind)];
        Name = scores.First().Score.Name;
        NameOfClassScore = scores.Select(pair => pair.Score).FirstOrDefault(score => score.NeedsClasses)?.Name;
        foreach ((OutOfDistributionScore score, int slot) in scores)
        {
            _slots[(int)score.Kind] = slot;
        }
    }

    public EmbeddingColumn Column { get; }

    public ScoreFamily Family { get; }

    public bool Normalizes { get; }

    public int? Rank { get; }

    /// <summary>The name of the first of the scores, for messages.</summary>
    public string Name { get; }

    /// <summary>The name of the first of the scores that needs classes; null where none does.</summary>
    public string? NameOfClassScore { get; }

    public OutOfDistributionScoreKind[] Kinds { get; }

    public bool NeedsMoment => Family is ScoreFamily.Hyperplane or ScoreFamily.Mahalanobis;

    public bool NeedsClasses => NameOfClassScore is not null;

    /// <summary>Whether the distance to the mean of all rows is needed.</summary>
    public bool NeedsTotal => Has(Kind.Mahalanobis) || Has(Kind.RelativeMahalanobis);

    /// <summary>The groups of an ensemble's scores, by their first score.</summary>
    /// <exception cref="ArgumentException">There are no scores, one is there twice, or its column is missing or of a size that it cannot be.</exception>
    public static ScoreGroup[] Of(EmbeddingLayout layout, IReadOnlyList<OutOfDistributionScore> scores, string parameterName)
    {
        if (scores.Count == 0)
        {
            throw new ArgumentException("An ensemble needs at least one score.", parameterName);
        }

        string? twice = scores.GroupBy(score => score.Name).FirstOrDefault(group => group.Count() > 1)?.Key;
        if (twice is not null)
        {
            throw new ArgumentException($"The score {twice} is there twice: give it once, with the weight it shall have.", parameterName);
        }

        return
        [
            .. scores.Select((score, slot) => (Score: score, Slot: slot))
                .GroupBy(pair => KeyOf(layout, pair.Score, parameterName))
                .Select(group => new ScoreGroup(group.Key, group)),
        ];
    }

    public bool Has(Kind kind) => SlotOf(kind) >= 0;

    public int SlotOf(Kind kind) => _slots[(int)kind];

    private static Key KeyOf(EmbeddingLayout layout, OutOfDistributionScore score, string parameterName)
    {
        EmbeddingColumn column = layout.Find(score.ColumnName)
            ?? throw new ArgumentException($"The score {score.Name} is of no column of the rows; they have {layout}.", parameterName);
        if (score.Kind == Kind.Energy && column.Dimension < 2)
        {
            throw new ArgumentException(
                $"The score {score.Name} needs the logits of two classes or more; column '{column.Name}' has one value. Leave the score out, or use {nameof(Kind.FeatureNorm)} of the last embedding.",
                parameterName);
        }

        if (score.Rank > column.Dimension)
        {
            throw new ArgumentException(
                $"The rank of {score.Name} is above the length of the embeddings, {column.Dimension}: choose {column.Dimension} or less.", parameterName);
        }

        return new Key(column, FamilyOf(score.Kind), score.Normalize, score.Rank);
    }

    private static ScoreFamily FamilyOf(Kind kind) => kind switch
    {
        Kind.Hyperplane or Kind.WithinHyperplane => ScoreFamily.Hyperplane,
        Kind.Mahalanobis or Kind.ClassMahalanobis or Kind.RelativeMahalanobis => ScoreFamily.Mahalanobis,
        Kind.FeatureNorm => ScoreFamily.FeatureNorm,
        Kind.Energy => ScoreFamily.Energy,
        _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, "There is no such kind of score."),
    };

    private readonly record struct Key(EmbeddingColumn Column, ScoreFamily Family, bool Normalizes, int? Rank);
}
