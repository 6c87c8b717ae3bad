using System.Numerics;
using System.Runtime.CompilerServices;
using Dime.MLNet.Numerics;

namespace Dime.MLNet.Modelling.Covariances;

/// <summary>
/// The squared distance of whitened rows y to the nearest class mean m. ½‖m‖² − y·m tells the near means from the others
/// at the speed of a product, but loses digits; the few that it cannot tell apart are measured as ‖y − m‖² itself, in double precision.
/// </summary>
internal sealed class NearestClass
{
    private const double UnitRoundoff = 1.0 / (1 << 24);

    private readonly float[] _halfSquares;
    private readonly double _largestNorm;
    private readonly Projection _products;

    /// <param name="means">Row-major C×m.</param>
    /// <param name="dimension">m.</param>
    public NearestClass(float[] means, int dimension)
    {
        Means = means;
        Dimension = dimension;
        Count = means.Length / dimension;
        _halfSquares = new float[Count];
        float[] columns = new float[means.Length];
        for (int c = 0; c < Count; c++)
        {
            ReadOnlySpan<float> mean = Mean(c);
            double square = SumOfSquares.Of(mean);
            _halfSquares[c] = (float)(square / 2);
            _largestNorm = Math.Max(_largestNorm, Math.Sqrt(square));
            for (int i = 0; i < dimension; i++)
            {
                columns[(i * Count) + c] = mean[i];
            }
        }

        _products = new Projection(columns, dimension);
    }

    /// <summary>C.</summary>
    public int Count { get; }

    public int Dimension { get; }

    public float[] Means { get; }

    /// <summary>The products y·m with all means, on the calling thread.</summary>
    /// <param name="rows">Whitened rows, N×m.</param>
    /// <param name="products">Receives N×C values.</param>
    public void Multiply(ReadOnlySpan<float> rows, Span<float> products) => _products.Project(rows, products, maxDegreeOfParallelism: 1);

    /// <summary>Returns the smallest ‖y − m‖².</summary>
    /// <param name="row">y, m values.</param>
    /// <param name="products">Its C products; overwritten.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public double SquaredDistance(ReadOnlySpan<float> row, Span<float> products)
    {
        double norm = Math.Sqrt(SumOfSquares.Of(row));
        float limit = Subtract(products) + (float)(2 * Rounding(norm));
        double nearest = double.PositiveInfinity;
        int c = 0;
        for (; c + Vector<float>.Count <= products.Length; c += Vector<float>.Count)
        {
            // Also where a product overflowed to NaN, nothing is told apart.
            if (!Vector.GreaterThanAll(new Vector<float>(products[c..]), new Vector<float>(limit)))
            {
                nearest = Math.Min(nearest, Nearest(row, products, c, c + Vector<float>.Count, limit));
            }
        }

        return Math.Min(nearest, Nearest(row, products, c, products.Length, limit));
    }

    private ReadOnlySpan<float> Mean(int c) => Means.AsSpan(c * Dimension, Dimension);

    /// <summary>
    /// Bounds the error of ½‖m‖² − y·m: a chain of d fused operations is off by at most d·u·‖y‖·‖m‖, and so is the sum of
    /// the chains' results; a few roundings more cover the rest.
    /// </summary>
    private double Rounding(double norm)
    {
        int operations = Math.Min(Dimension, PackedMatrix.PartDepth) + (Dimension / PackedMatrix.PartDepth) + 8;
        return 1.01 * UnitRoundoff * _largestNorm * ((operations * norm) + (2 * _largestNorm));
    }

    /// <summary>Turns products into ½‖m‖² − y·m and returns the smallest.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private float Subtract(Span<float> products)
    {
        var smallest = new Vector<float>(float.PositiveInfinity);
        int c = 0;
        for (; c + Vector<float>.Count <= products.Length; c += Vector<float>.Count)
        {
            Vector<float> difference = new Vector<float>(_halfSquares, c) - new Vector<float>(products[c..]);
            difference.CopyTo(products[c..]);
            smallest = Vector.Min(smallest, difference);
        }

        float least = float.PositiveInfinity;
        for (int lane = 0; lane < Vector<float>.Count; lane++)
        {
            least = Math.Min(least, smallest[lane]);
        }

        for (; c < products.Length; c++)
        {
            products[c] = _halfSquares[c] - products[c];
            least = Math.Min(least, products[c]);
        }

        return least;
    }

    private double Nearest(ReadOnlySpan<float> row, ReadOnlySpan<float> products, int from, int to, float limit)
    {
        double nearest = double.PositiveInfinity;
        for (int c = from; c < to; c++)
        {
            if (!(products[c] > limit))
            {
                nearest = Math.Min(nearest, SumOfSquares.OfDifferences(row, Mean(c)));
            }
        }

        return nearest;
    }
}
