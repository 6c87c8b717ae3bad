using System.Runtime.InteropServices;
using Dime.MLNet.Modelling;
using Dime.MLNet.Numerics;

namespace Dime.MLNet.Evaluation.Drift;

/// <summary>Rows that are tested together: of each its probabilities, and of all the sums of their embeddings. For one thread at a time.</summary>
internal sealed class DriftWindow
{
    private readonly DriftReference _reference;
    private readonly List<float> _probabilities = [];
    private readonly List<float>[] _scores;
    private readonly double[][] _sums;
    private readonly long[] _sumRows;
    private long _nonFinite;
    private bool _lacksEmbeddings;
    private bool _lacksScores;

    public DriftWindow(DriftReference reference)
    {
        _reference = reference;
        _scores = [.. reference.Scores.Select(_ => new List<float>())];
        _sums = [.. reference.Spaces.Select(space => new double[space.Dimension])];
        _sumRows = new long[reference.Spaces.Length];
    }

    public int Count => _probabilities.Count;

    public void Add(MeasuredRows rows)
    {
        CollectionsMarshal.SetCount(_probabilities, Count + rows.Count);
        rows.Probabilities.CopyTo(CollectionsMarshal.AsSpan(_probabilities)[^rows.Count..]);
        for (int i = 0; i < rows.ScoreProbabilities.Length; i++)
        {
            _scores[i % _scores.Length].Add(rows.ScoreProbabilities[i]);
        }

        foreach (bool nonFinite in rows.NonFinite)
        {
            _nonFinite += nonFinite ? 1 : 0;
        }

        _lacksScores |= rows.ScoreProbabilities.IsEmpty;
        _lacksEmbeddings |= rows.Embeddings.IsEmpty;
        if (!_lacksEmbeddings)
        {
            AddEmbeddings(rows);
        }
    }

    public DriftResult Test(double level)
    {
        var tests = new List<DriftTestResult>();
        long flagged = Test(tests, _reference.Whole, _probabilities);
        for (int i = 0; i < _scores.Length && !_lacksScores; i++)
        {
            Test(tests, _reference.Scores[i], _scores[i]);
        }

        for (int i = 0; i < _sums.Length && !_lacksEmbeddings; i++)
        {
            tests.Add(_reference.Spaces[i].Test(_sums[i], _sumRows[i]));
        }

        var counts = new DriftCounts(Count, flagged, _nonFinite, _reference.CalibrationRows, _reference.OutlierProbability);
        return new DriftResult(counts, level, [.. tests], [.. DriftWarnings.Of(counts, level, tests.Count(test => test.PValue is not null), _reference.Whole)]);
    }

    private static long Test(List<DriftTestResult> tests, CalibratedScore score, List<float> probabilities)
    {
        double[] sorted = [.. probabilities];
        Array.Sort(sorted);
        long flagged = sorted.LongCount(score.IsFlagged);
        tests.Add(score.TestFlagged(flagged, sorted.Length));
        tests.Add(score.TestDistribution(sorted));
        return flagged;
    }

    private void AddEmbeddings(MeasuredRows rows)
    {
        int width = rows.Embeddings.Length / rows.Count;
        for (int i = 0; i < _sums.Length; i++)
        {
            ModelledSpace space = _reference.Spaces[i];
            for (int row = 0; row < rows.Count; row++)
            {
                ReadOnlySpan<float> values = rows.Embeddings.Slice((row * width) + space.Offset, space.Dimension);
                if (!FiniteRows.IsFinite(values))
                {
                    continue;
                }

                ScaledSum.Add(_sums[i], values, space.Normalizes ? UnitLength.FactorOf(values) : 1, weight: 1);
                _sumRows[i]++;
            }
        }
    }
}
