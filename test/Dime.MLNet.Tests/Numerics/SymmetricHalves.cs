using Dime.MLNet.Numerics;

namespace Dime.MLNet.Tests.Numerics;

/// <summary>Second moments as the whole matrices that the oracles compute.</summary>
internal static class SymmetricHalves
{
    public static double[] ToSymmetricMatrix(this SecondMoment moment)
    {
        double[] matrix = new double[moment.Dimension * moment.Dimension];
        for (int i = 0; i < moment.Dimension; i++)
        {
            ReadOnlySpan<double> upper = moment.UpperRow(i);
            for (int j = i; j < moment.Dimension; j++)
            {
                matrix[(i * moment.Dimension) + j] = matrix[(j * moment.Dimension) + i] = upper[j - i];
            }
        }

        return matrix;
    }
}
