using Dime.MLNet.Numerics;

namespace Dime.MLNet.Modelling;

/// <summary>‖x − V·Vᵀx‖² of rows whose scores Vᵀx and lengths are known, to the digits that single precision leaves.</summary>
internal static class ResidualSums
{
    // ‖x‖² − ‖Vᵀx‖² loses digits as it becomes small beside ‖x‖². Scores in single precision leave up to 4e-7·‖x‖² of
    // error in it; below this share that could be more than 1e-4 of the distance, so the residual is summed itself.
    private const double CancellationShare = 0.004;

    /// <param name="projection">V.</param>
    /// <param name="rows">N×P values.</param>
    /// <param name="scores">Their N×k scores.</param>
    /// <param name="squaredNorms">Their N squared lengths.</param>
    /// <param name="residuals">Receives N sums.</param>
    public static void Of(
        Projection projection, ReadOnlySpan<float> rows, ReadOnlySpan<float> scores, ReadOnlySpan<double> squaredNorms, Span<double> residuals)
    {
        bool cancelled = false;
        for (int i = 0; i < residuals.Length; i++)
        {
            residuals[i] = squaredNorms[i] - SumOfSquares.Of(scores.Slice(i * projection.Rank, projection.Rank));
            cancelled |= !IsPrecise(residuals[i], squaredNorms[i]);
        }

        if (!cancelled)
        {
            return;
        }

        Span<double> summed = stackalloc double[residuals.Length];
        projection.ResidualSumsOfSquares(rows, scores, summed, maxDegreeOfParallelism: 1);
        for (int i = 0; i < residuals.Length; i++)
        {
            if (!double.IsFinite(squaredNorms[i]))
            {
                residuals[i] = double.PositiveInfinity;
            }
            else if (!IsPrecise(residuals[i], squaredNorms[i]))
            {
                // Scores and residuals of huge rows overflow in single precision.
                residuals[i] = double.IsFinite(summed[i])
                    ? summed[i]
                    : projection.ResidualSumOfSquares(rows.Slice(i * projection.Dimension, projection.Dimension));
            }
        }
    }

    // Written so that NaN, from scores that overflowed, is not.
    private static bool IsPrecise(double residual, double squaredNorm) => residual >= CancellationShare * squaredNorm && double.IsFinite(residual);
}
