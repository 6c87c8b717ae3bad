using System.Runtime.CompilerServices;
using Dime.MLNet.Numerics.Simd;

namespace Dime.MLNet.Benchmarks.Work;

/// <summary>Fused multiply-adds on registers alone: the most floating-point work the processor does.</summary>
internal static unsafe class FmaPeak
{
    // Enough independent chains to hide the latency of an FMA on two units, and few enough for 16 registers.
    private const int Chains = 12;

    /// <summary>Does at least so many operations on each of some threads; returns how many it did in all.</summary>
    public static double Run(double operations, int threads)
    {
        int lanes = Simd512.IsSupported ? 16 : Simd256.IsSupported ? 8 : 4;
        long steps = (long)Math.Ceiling(operations / threads / (2 * lanes * Chains));
        Parallel.For(0, threads, new ParallelOptions { MaxDegreeOfParallelism = threads }, _ => Run(steps));
        return 2.0 * lanes * Chains * steps * threads;
    }

    private static void Run(long steps)
    {
        float* sink = stackalloc float[16];
        if (Simd512.IsSupported)
        {
            Run<System.Runtime.Intrinsics.Vector512<float>, Simd512>(steps, sink);
        }
        else if (Simd256.IsSupported)
        {
            Run<System.Runtime.Intrinsics.Vector256<float>, Simd256>(steps, sink);
        }
        else
        {
            Run<System.Runtime.Intrinsics.Vector128<float>, Simd128>(steps, sink);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Run<TVector, TSimd>(long steps, float* sink)
        where TVector : unmanaged
        where TSimd : struct, ISimd<float, TVector>
    {
        float slope = 0.5f, offset = 1;
        TVector x = TSimd.Broadcast(&slope), y = TSimd.Broadcast(&offset);
        TVector a = x, b = x, c = x, d = x, e = x, f = x, g = x, h = x, i = x, j = x, k = x, l = x;
        for (long step = 0; step < steps; step++)
        {
            a = TSimd.MultiplyAdd(a, x, y);
            b = TSimd.MultiplyAdd(b, x, y);
            c = TSimd.MultiplyAdd(c, x, y);
            d = TSimd.MultiplyAdd(d, x, y);
            e = TSimd.MultiplyAdd(e, x, y);
            f = TSimd.MultiplyAdd(f, x, y);
            g = TSimd.MultiplyAdd(g, x, y);
            h = TSimd.MultiplyAdd(h, x, y);
            i = TSimd.MultiplyAdd(i, x, y);
            j = TSimd.MultiplyAdd(j, x, y);
            k = TSimd.MultiplyAdd(k, x, y);
            l = TSimd.MultiplyAdd(l, x, y);
        }

        TVector sum = TSimd.Add(TSimd.Add(TSimd.Add(a, b), TSimd.Add(c, d)), TSimd.Add(TSimd.Add(e, f), TSimd.Add(g, h)));
        TSimd.Store(TSimd.Add(sum, TSimd.Add(TSimd.Add(i, j), TSimd.Add(k, l))), sink);
    }
}
