using MathNet.Numerics.LinearAlgebra;

namespace Dime.MLNet.Tests.Numerics;

/// <summary>Test data, and what the kernels should make of it, in plain double loops.</summary>
internal static class Oracle
{
    public static float[] Random(int length, int seed, float scale = 1)
    {
        var random = new Random(seed);
        float[] values = new float[length];
        for (int i = 0; i < length; i++)
        {
            values[i] = scale * ((2 * random.NextSingle()) - 1);
        }

        return values;
    }

    /// <summary>A dimension × rank matrix with orthonormal columns, rounded to float.</summary>
    public static float[] OrthonormalBasis(int dimension, int rank, int seed)
    {
        float[] values = Random(dimension * rank, seed);
        Matrix<double> q = Matrix<double>.Build.Dense(dimension, rank, (i, j) => values[(i * rank) + j]).QR().Q;
        float[] basis = new float[dimension * rank];
        for (int i = 0; i < dimension; i++)
        {
            for (int j = 0; j < rank; j++)
            {
                basis[(i * rank) + j] = (float)q[i, j];
            }
        }

        return basis;
    }

    /// <summary>left (count × depth) times right (depth × columns); <paramref name="magnitudes"/> has the products of the absolute values.</summary>
    public static double[] Multiply(float[] left, float[] right, int depth, int columns, out double[] magnitudes)
    {
        int count = left.Length / depth;
        double[] products = new double[count * columns];
        magnitudes = new double[count * columns];
        for (int r = 0; r < count; r++)
        {
            for (int d = 0; d < depth; d++)
            {
                for (int c = 0; c < columns; c++)
                {
                    double term = (double)left[(r * depth) + d] * right[(d * columns) + c];
                    products[(r * columns) + c] += term;
                    magnitudes[(r * columns) + c] += Math.Abs(term);
                }
            }
        }

        return products;
    }

    /// <summary>‖x − V·Vᵀx‖ of every row.</summary>
    public static double[] Distances(float[] rows, float[] basis, int dimension)
    {
        int rank = basis.Length / dimension;
        double[] scores = Multiply(rows, basis, dimension, rank, out _);
        double[] distances = new double[rows.Length / dimension];
        for (int r = 0; r < distances.Length; r++)
        {
            double sum = 0;
            for (int d = 0; d < dimension; d++)
            {
                double residual = rows[(r * dimension) + d];
                for (int c = 0; c < rank; c++)
                {
                    residual -= scores[(r * rank) + c] * basis[(d * rank) + c];
                }

                sum += residual * residual;
            }

            distances[r] = Math.Sqrt(sum);
        }

        return distances;
    }

    public static double Norm(ReadOnlySpan<float> row)
    {
        double sum = 0;
        foreach (float value in row)
        {
            sum += (double)value * value;
        }

        return Math.Sqrt(sum);
    }

    public static double[] SecondMoment(float[] rows, float[]? weights, int dimension)
    {
        double[] moment = new double[dimension * dimension];
        for (int r = 0; r < rows.Length / dimension; r++)
        {
            double weight = weights?[r] ?? 1;
            for (int i = 0; i < dimension; i++)
            {
                for (int j = 0; j < dimension; j++)
                {
                    moment[(i * dimension) + j] += weight * rows[(r * dimension) + i] * rows[(r * dimension) + j];
                }
            }
        }

        return moment;
    }
}
