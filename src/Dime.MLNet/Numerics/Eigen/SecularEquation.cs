using System.Numerics;
using System.Runtime.CompilerServices;

namespace Dime.MLNet.Numerics.Eigen;

/// <summary>
/// Eigenvalues of diag(d) + ρ·z·zᵀ with d ascending without repeats, no zero in z, and ρ positive: the roots of
/// f(λ) = 1/ρ + Σ zⱼ²/(dⱼ − λ), one above each d. A root is kept as the distance from its nearest d, so that
/// every dⱼ − λᵢ is known to full relative precision; the orthogonality of the eigenvectors rests on that.
/// </summary>
internal sealed unsafe class SecularEquation
{
    private const int MaxSteps = 100;

    private readonly double* _poles;
    private readonly double* _weights;
    private readonly int _count;
    private readonly double _inverseRho;
    private readonly double _spread;

    /// <param name="poles">d.</param>
    /// <param name="weights">The squares of z.</param>
    /// <param name="count">The number of either.</param>
    /// <param name="rho">ρ.</param>
    public SecularEquation(double* poles, double* weights, int count, double rho)
    {
        _poles = poles;
        _weights = weights;
        _count = count;
        _inverseRho = 1.0 / rho;
        double sum = 0.0;
        for (int i = 0; i < count; i++)
        {
            sum += weights[i];
        }

        _spread = rho * sum;
    }

    /// <summary>Finds root i as poles[origin] + offset, and returns how often f was evaluated for it.</summary>
    public int FindRoot(int root, out int origin, out double offset)
    {
        if (_count == 1)
        {
            origin = 0;
            offset = _spread;
            return 0;
        }

        bool last = root == _count - 1;
        double width = last ? _spread : _poles[root + 1] - _poles[root];
        Evaluation middle = Evaluate(root, root, 0.5 * width);
        bool left = last || middle.Value >= 0.0;
        origin = left ? root : root + 1;

        double low, high;
        if (last)
        {
            // The bound is widened by its own rounding.
            (low, high) = middle.Value <= 0.0 ? (0.5 * width, width * (1.0 + (4.0 * VectorOperations.Epsilon))) : (0.0, 0.5 * width);
        }
        else
        {
            (low, high) = left ? (0.0, 0.5 * width) : (-0.5 * width, 0.0);
        }

        double guess = last ? GuessLast(middle.Value, width) : Guess(root, left, middle.Value, width);
        return 1 + Refine(root, origin, guess, low, high, out offset);
    }

    /// <summary>Solves with the two poles around the root exact and the rest of f held at its middle value.</summary>
    private double Guess(int root, bool left, double middle, double width)
    {
        double below = _weights[root];
        double above = _weights[root + 1];
        double rest = middle + (2.0 * (below - above) / width);
        if (left)
        {
            double a = (rest * width) + below + above;
            double b = below * width;
            double discriminant = Math.Sqrt(Math.Abs((a * a) - (4.0 * b * rest)));
            return a > 0.0 ? 2.0 * b / (a + discriminant) : (a - discriminant) / (2.0 * rest);
        }
        else
        {
            double a = (rest * width) - below - above;
            double b = above * width;
            double discriminant = Math.Sqrt(Math.Abs((a * a) + (4.0 * b * rest)));
            return a < 0.0 ? 2.0 * b / (a - discriminant) : -(a + discriminant) / (2.0 * rest);
        }
    }

    private double GuessLast(double middle, double width)
    {
        double gap = _poles[_count - 1] - _poles[_count - 2];
        double below = _weights[_count - 2];
        double above = _weights[_count - 1];
        double rest = middle + (below / (gap + (0.5 * width))) + (above / (0.5 * width));
        double a = below + above - (rest * gap);
        double discriminant = Math.Sqrt((a * a) + (4.0 * rest * above * gap));
        return a >= 0.0 ? (a + discriminant) / (2.0 * rest) : 2.0 * above * gap / (discriminant - a);
    }

    /// <summary>
    /// Replaces the poles on either side of the root by one each that agrees in value and slope, and solves that;
    /// halves the bracket wherever this does not help. Returns the number of steps.
    /// </summary>
    private int Refine(int root, int origin, double guess, double low, double high, out double offset)
    {
        bool last = root == _count - 1;
        int split = last ? root - 1 : root;
        offset = guess > low && guess < high ? guess : 0.5 * (low + high);
        double previous = double.PositiveInfinity;
        int step = 0;
        while (step < MaxSteps)
        {
            Evaluation f = Evaluate(split, origin, offset);
            step++;
            if (Math.Abs(f.Value) <= VectorOperations.Epsilon * f.Bound(_inverseRho, offset))
            {
                break;
            }

            (low, high) = f.Value < 0.0 ? (offset, high) : (low, offset);
            double d1 = _poles[split] - _poles[origin] - offset;
            double d2 = _poles[split + 1] - _poles[origin] - offset;
            double change = Step(f, d1, d2, last);
            if (!(f.Value * change < 0.0))
            {
                change = -f.Value / (f.SlopeBelow + f.SlopeAbove);
            }

            double next = offset + change;
            bool slow = step > 3 && Math.Abs(f.Value) > 0.5 * previous;
            if (!(next > low && next < high) || slow)
            {
                next = 0.5 * (low + high);
                if (!(next > low && next < high))
                {
                    break;
                }
            }

            previous = Math.Abs(f.Value);
            if (next == offset)
            {
                break;
            }

            offset = next;
        }

        return step;
    }

    private static double Step(Evaluation f, double d1, double d2, bool last)
    {
        double c = f.Value - (d1 * f.SlopeBelow) - (d2 * f.SlopeAbove);
        double a = ((d1 + d2) * f.Value) - (d1 * d2 * (f.SlopeBelow + f.SlopeAbove));
        double b = d1 * d2 * f.Value;
        double discriminant = Math.Sqrt(Math.Abs((a * a) - (4.0 * b * c)));
        if (last)
        {
            return a >= 0.0 ? (a + discriminant) / (2.0 * Math.Abs(c)) : 2.0 * b / (a - discriminant);
        }

        return a <= 0.0 ? (a - discriminant) / (2.0 * c) : 2.0 * b / (a + discriminant);
    }

    /// <summary>f at poles[origin] + offset; the terms up to <paramref name="split"/> and those above it apart.</summary>
    private Evaluation Evaluate(int split, int origin, double offset)
    {
        Sum(0, split + 1, _poles[origin], offset, out double below, out double slopeBelow);
        Sum(split + 1, _count, _poles[origin], offset, out double above, out double slopeAbove);
        return new Evaluation(_inverseRho + below + above, below, above, slopeBelow, slopeAbove);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Sum(int from, int to, double origin, double offset, out double value, out double slope)
    {
        var shift = new Vector<double>(origin);
        var beyond = new Vector<double>(offset);
        Vector<double> values = Vector<double>.Zero;
        Vector<double> slopes = Vector<double>.Zero;
        int i = from;
        for (; i + Vector<double>.Count <= to; i += Vector<double>.Count)
        {
            Vector<double> inverse = Vector<double>.One / (Vector.Load(_poles + i) - shift - beyond);
            Vector<double> term = Vector.Load(_weights + i) * inverse;
            values += term;
            slopes = VectorOperations.MultiplyAdd(term, inverse, slopes);
        }

        value = Vector.Sum(values);
        slope = Vector.Sum(slopes);
        for (; i < to; i++)
        {
            double inverse = 1.0 / (_poles[i] - origin - offset);
            double term = _weights[i] * inverse;
            value += term;
            slope += term * inverse;
        }
    }

    private readonly record struct Evaluation(double Value, double Below, double Above, double SlopeBelow, double SlopeAbove)
    {
        /// <summary>A small multiple of what rounding can do to the value.</summary>
        public double Bound(double inverseRho, double offset) =>
            (8.0 * (Math.Abs(Below) + Math.Abs(Above))) + inverseRho + (Math.Abs(offset) * (SlopeBelow + SlopeAbove));
    }
}
