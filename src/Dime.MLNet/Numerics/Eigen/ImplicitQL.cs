namespace Dime.MLNet.Numerics.Eigen;

/// <summary>The implicit QL method with Wilkinson's shift: all eigenpairs of a small tridiagonal matrix.</summary>
internal static unsafe class ImplicitQL
{
    private const int MaxSweepsPerValue = 60;

    /// <param name="diagonal">The diagonal.</param>
    /// <param name="offDiagonal">At least one element less than the diagonal; what follows is not read.</param>
    public static TridiagonalBlock Solve(ReadOnlySpan<double> diagonal, ReadOnlySpan<double> offDiagonal)
    {
        int order = diagonal.Length;
        var block = new TridiagonalBlock(order, order);
        double[] d = block.Values;
        double[] e = new double[order];
        diagonal.CopyTo(d);
        offDiagonal[..(order - 1)].CopyTo(e);
        for (int i = 0; i < order; i++)
        {
            new Span<double>(block.Vector(i), block.Stride).Clear();
            block.Vector(i)[i] = 1.0;
        }

        double negligible = Negligible(d, e);
        for (int first = 0; first < order; first++)
        {
            for (int sweep = 0; ; sweep++)
            {
                int last = EndOfBlock(d, e, first, negligible);
                if (last == first)
                {
                    break;
                }

                if (sweep == MaxSweepsPerValue)
                {
                    throw new ArithmeticException($"The QL method did not converge in {MaxSweepsPerValue} sweeps; the matrix holds values that are not finite.");
                }

                Sweep(d, e, first, last, block);
            }
        }

        block.Sort();
        return block;
    }

    /// <summary>What is far below rounding in the whole matrix, for where both neighbours on the diagonal vanish.</summary>
    private static double Negligible(double[] d, double[] e)
    {
        double largest = 0.0;
        for (int i = 0; i < d.Length; i++)
        {
            largest = Math.Max(largest, Math.Max(Math.Abs(d[i]), Math.Abs(e[i])));
        }

        return 1e-20 * largest;
    }

    private static int EndOfBlock(double[] d, double[] e, int first, double negligible)
    {
        int last = first;
        while (last < d.Length - 1)
        {
            double size = Math.Abs(e[last]);
            if (size <= negligible || size <= VectorOperations.Epsilon * (Math.Abs(d[last]) + Math.Abs(d[last + 1])))
            {
                break;
            }

            last++;
        }

        return last;
    }

    private static void Sweep(double[] d, double[] e, int first, int last, TridiagonalBlock block)
    {
        double slope = (d[first + 1] - d[first]) / (2.0 * e[first]);
        double bulge = d[last] - d[first] + (e[first] / (slope + Math.CopySign(Hypotenuse(slope, 1.0), slope)));
        double sine = 1.0;
        double cosine = 1.0;
        double shift = 0.0;
        for (int i = last - 1; i >= first; i--)
        {
            double f = sine * e[i];
            double b = cosine * e[i];
            double length = Hypotenuse(f, bulge);
            e[i + 1] = length;
            if (length == 0.0)
            {
                d[i + 1] -= shift;
                e[last] = 0.0;
                return;
            }

            sine = f / length;
            cosine = bulge / length;
            bulge = d[i + 1] - shift;
            double r = ((d[i] - bulge) * sine) + (2.0 * cosine * b);
            shift = sine * r;
            d[i + 1] = bulge + shift;
            bulge = (cosine * r) - b;
            VectorOperations.Rotate(cosine, sine, block.Vector(i + 1), block.Vector(i), VectorOperations.Pad(block.Order));
        }

        d[first] -= shift;
        e[first] = bulge;
        e[last] = 0.0;
    }

    /// <summary>√(a² + b²) without needless overflow or underflow.</summary>
    private static double Hypotenuse(double a, double b)
    {
        double large = Math.Max(Math.Abs(a), Math.Abs(b));
        double small = Math.Min(Math.Abs(a), Math.Abs(b));
        if (small == 0.0)
        {
            return large;
        }

        double ratio = small / large;
        return large * Math.Sqrt(1.0 + (ratio * ratio));
    }
}
