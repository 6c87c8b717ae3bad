using Dime.MLNet.Numerics;

namespace Dime.MLNet.Tests.Numerics;

/// <summary>Second moments as the whole matrices that the oracles compute.</summary>
internal static class SymmetricHalves
{
    public static double[] ToSymmetricMatrix(this SecondMoment moment)
    {
        double[] matrix = moment.ToUpperMatrix();
        for (int i = 0; i < moment.Dimension; i++)
        {
            for (int j = 0; j < i; j++)
            {
                matrix[(i * moment.Dimension) + j] = matrix[(j * moment.Dimension) + i];
            }
        }

        return matrix;
    }
}
