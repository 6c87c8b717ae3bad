namespace Dime.MLNet.Modelling.Ensembles;

/// <summary>The energy −ln Σ exp zᵢ of logits z (Liu, Wang, Owens &amp; Li 2020, at temperature 1).</summary>
internal sealed class LogitEnergy(int logitCount) : IScoreModel
{
    // An exponential takes about as long as so many multiply-adds.
    private const int WorkOfExponential = 64;

    public long Work => (long)WorkOfExponential * logitCount;

    public void Measure(in ColumnRows rows, in RowScores scores)
    {
        for (int i = 0; i < rows.Count; i++)
        {
            scores.Set(i, OutOfDistributionScoreKind.Energy, Of(rows[i]));
        }
    }

    private static double Of(ReadOnlySpan<float> logits)
    {
        float largest = float.NegativeInfinity;
        foreach (float logit in logits)
        {
            largest = Math.Max(largest, logit);
        }

        double sum = 0;
        foreach (float logit in logits)
        {
            sum += Math.Exp((double)logit - largest);
        }

        return -(largest + Math.Log(sum));
    }
}
