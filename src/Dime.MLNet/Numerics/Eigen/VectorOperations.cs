using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.Arm;
using System.Runtime.Intrinsics.X86;

namespace Dime.MLNet.Numerics.Eigen;

/// <summary>
/// Vector operations of the eigensolver on runs of doubles whose length is a multiple of <see cref="Block"/>.
/// <see cref="Vector{T}"/> is as wide as the processor likes it, and always divides a block.
/// Kernels here and nearby ask for full optimization at once: a fit runs them hot in its first call, and often has no second.
/// </summary>
internal static unsafe class VectorOperations
{
    /// <summary>Doubles in a block: one cache line.</summary>
    public const int Block = 8;

    /// <summary>2⁻⁵², the distance from 1 to the next double.</summary>
    public const double Epsilon = 1.0 / (1L << 52);

    /// <summary>a·b + c, fused where the processor can.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector<double> MultiplyAdd(Vector<double> a, Vector<double> b, Vector<double> c)
    {
        if (Vector<double>.Count == 4 && Fma.IsSupported)
        {
            return Fma.MultiplyAdd(a.AsVector256(), b.AsVector256(), c.AsVector256()).AsVector();
        }

        if (Vector<double>.Count == 8 && Avx512F.IsSupported)
        {
            return Avx512F.FusedMultiplyAdd(a.AsVector512(), b.AsVector512(), c.AsVector512()).AsVector();
        }

        if (Vector<double>.Count == 2 && AdvSimd.Arm64.IsSupported)
        {
            return AdvSimd.Arm64.FusedMultiplyAdd(c.AsVector128(), a.AsVector128(), b.AsVector128()).AsVector();
        }

        return (a * b) + c;
    }

    /// <summary>The start of the block an index falls into.</summary>
    public static int BlockStart(int index) => index / Block * Block;

    /// <summary>Rounds up to whole blocks.</summary>
    public static int Pad(int count) => (count + Block - 1) / Block * Block;

    /// <summary>Rounds up to an odd number of blocks, so that the rows of a matrix do not fall into the same cache sets.</summary>
    public static int PadStride(int count) => Pad(count) | Block;

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static double Dot(double* x, double* y, int count)
    {
        Vector<double> even = Vector<double>.Zero;
        Vector<double> odd = Vector<double>.Zero;
        for (int i = 0; i < count; i += Block)
        {
            for (int lane = 0; lane < Block; lane += 2 * Vector<double>.Count)
            {
                int at = i + lane;
                even = MultiplyAdd(Vector.Load(x + at), Vector.Load(y + at), even);
                if (lane + Vector<double>.Count < Block)
                {
                    at += Vector<double>.Count;
                    odd = MultiplyAdd(Vector.Load(x + at), Vector.Load(y + at), odd);
                }
            }
        }

        return Vector.Sum(even + odd);
    }

    /// <summary>Four dot products of x with the rows y, y + stride, … in one pass over x.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Dot4(double* x, double* y, nint stride, int count, double* results)
    {
        double* y1 = y + stride;
        double* y2 = y1 + stride;
        double* y3 = y2 + stride;
        Vector<double> s0 = Vector<double>.Zero, s1 = s0, s2 = s0, s3 = s0;
        for (int i = 0; i < count; i += Vector<double>.Count)
        {
            var at = Vector.Load(x + i);
            s0 = MultiplyAdd(at, Vector.Load(y + i), s0);
            s1 = MultiplyAdd(at, Vector.Load(y1 + i), s1);
            s2 = MultiplyAdd(at, Vector.Load(y2 + i), s2);
            s3 = MultiplyAdd(at, Vector.Load(y3 + i), s3);
        }

        results[0] = Vector.Sum(s0);
        results[1] = Vector.Sum(s1);
        results[2] = Vector.Sum(s2);
        results[3] = Vector.Sum(s3);
    }

    /// <summary>y += Σ factors[r]·(row r of x) over the given number of rows.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void AddScaledRows(double* factors, int rows, double* x, nint stride, double* y, int count)
    {
        int r = 0;
        for (; r + 4 <= rows; r += 4)
        {
            double* x0 = x + (r * stride);
            double* x1 = x0 + stride;
            double* x2 = x1 + stride;
            double* x3 = x2 + stride;
            var f0 = new Vector<double>(factors[r]);
            var f1 = new Vector<double>(factors[r + 1]);
            var f2 = new Vector<double>(factors[r + 2]);
            var f3 = new Vector<double>(factors[r + 3]);
            for (int i = 0; i < count; i += Vector<double>.Count)
            {
                Vector<double> front = MultiplyAdd(f1, Vector.Load(x1 + i), MultiplyAdd(f0, Vector.Load(x0 + i), Vector.Load(y + i)));
                Vector<double> back = MultiplyAdd(f3, Vector.Load(x3 + i), f2 * Vector.Load(x2 + i));
                (front + back).Store(y + i);
            }
        }

        for (; r < rows; r++)
        {
            AddScaled(factors[r], x + (r * stride), y, count);
        }
    }

    /// <summary>y += factor·x.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void AddScaled(double factor, double* x, double* y, int count)
    {
        var f = new Vector<double>(factor);
        for (int i = 0; i < count; i += Vector<double>.Count)
        {
            MultiplyAdd(f, Vector.Load(x + i), Vector.Load(y + i)).Store(y + i);
        }
    }

    /// <summary>x *= factor.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Scale(double factor, double* x, int count)
    {
        var f = new Vector<double>(factor);
        for (int i = 0; i < count; i += Vector<double>.Count)
        {
            (f * Vector.Load(x + i)).Store(x + i);
        }
    }

    /// <summary>The plane rotation x ← c·x + s·y, y ← c·y − s·x.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Rotate(double c, double s, double* x, double* y, int count)
    {
        var cosine = new Vector<double>(c);
        var sine = new Vector<double>(s);
        for (int i = 0; i < count; i += Vector<double>.Count)
        {
            var a = Vector.Load(x + i);
            var b = Vector.Load(y + i);
            MultiplyAdd(sine, b, cosine * a).Store(x + i);
            (cosine * b - sine * a).Store(y + i);
        }
    }
}
