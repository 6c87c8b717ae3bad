using Dime.MLNet.Evidence.Data;
using MathNet.Numerics.LinearAlgebra;

namespace Dime.MLNet.Evidence.Peers;

/// <summary>What follows from the logits of a row.</summary>
internal static class Logits
{
    /// <summary>ln Σ exp zᵢ.</summary>
    public static double LogSumExp(Vector<double> logits)
    {
        double most = logits.Maximum();
        return most + Math.Log(logits.Sum(logit => Math.Exp(logit - most)));
    }

    /// <summary>The class of each row: the first of its largest logits.</summary>
    public static int[] Classes(Matrix<double> logits) => [.. logits.EnumerateRows().Select(row => row.MaximumIndex())];
}

/// <summary>Maximum softmax probability.</summary>
/// <param name="logits">The column of logits.</param>
internal sealed class MaximumSoftmax(string logits) : IPeer
{
    public string Name => "MSP";

    public string Description => "1 less the largest softmax probability (Hendrycks and Gimpel, ICLR 2017)";

    // As the sum of the others: 1 less a probability near 1 would be all rounding.
    public double[] Score(FeatureRows rows) =>
    [
        .. rows.Matrix(logits).EnumerateRows().Select(row =>
        {
            double sum = Logits.LogSumExp(row);
            int most = row.MaximumIndex();
            return row.EnumerateIndexed().Where(logit => logit.Item1 != most).Sum(logit => Math.Exp(logit.Item2 - sum));
        }),
    ];
}

/// <summary>The energy of the logits.</summary>
/// <param name="logits">The column of logits.</param>
internal sealed class LogitEnergy(string logits) : IPeer
{
    public string Name => "energy";

    public string Description => "−ln Σ exp of the logits (Liu et al., NeurIPS 2020)";

    public double[] Score(FeatureRows rows) => [.. rows.Matrix(logits).EnumerateRows().Select(row => -Logits.LogSumExp(row))];
}
