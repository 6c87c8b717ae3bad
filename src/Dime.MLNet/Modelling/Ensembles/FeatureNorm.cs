using Dime.MLNet.Numerics;

namespace Dime.MLNet.Modelling.Ensembles;

/// <summary>The negative length of an embedding.</summary>
internal sealed class FeatureNorm(int dimension) : IScoreModel
{
    public long Work => dimension;

    public void Measure(in ColumnRows rows, in RowScores scores)
    {
        for (int i = 0; i < rows.Count; i++)
        {
            scores.Set(i, OutOfDistributionScoreKind.FeatureNorm, -Math.Sqrt(SumOfSquares.Of(rows[i])));
        }
    }
}
