using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.Arm;
using System.Runtime.Intrinsics.X86;

namespace Dime.MLNet.Numerics.Simd;

/// <summary>Vectors of 128 bits: NEON, SSE, and whatever else the runtime offers.</summary>
internal readonly unsafe struct Simd128 : ISimd<float, Vector128<float>>, ISimd<double, Vector128<double>>
{
    /// <inheritdoc/>
    /// <remarks>NEON has 32 registers, SSE 16.</remarks>
    public static int TileRows => AdvSimd.IsSupported ? 8 : 4;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<float> Load(float* source) => Vector128.Load(source);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<double> Load(double* source) => Vector128.Load(source);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<float> Broadcast(float* source) => Vector128.Create(*source);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<double> Broadcast(double* source) => Vector128.Create(*source);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(Vector128<float> value, float* target) => value.Store(target);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(Vector128<double> value, double* target) => value.Store(target);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<float> Add(Vector128<float> left, Vector128<float> right) => left + right;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<double> Add(Vector128<double> left, Vector128<double> right) => left + right;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<float> MultiplyAdd(Vector128<float> left, Vector128<float> right, Vector128<float> addend)
    {
        if (Fma.IsSupported)
        {
            return Fma.MultiplyAdd(left, right, addend);
        }

        if (AdvSimd.IsSupported)
        {
            return AdvSimd.FusedMultiplyAdd(addend, left, right);
        }

        // The product of two floats is exact in double, so this rounds almost as a fused operation does.
        (Vector128<double> leftLow, Vector128<double> leftHigh) = Vector128.Widen(left);
        (Vector128<double> rightLow, Vector128<double> rightHigh) = Vector128.Widen(right);
        (Vector128<double> low, Vector128<double> high) = Vector128.Widen(addend);
        return Vector128.Narrow((leftLow * rightLow) + low, (leftHigh * rightHigh) + high);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<double> MultiplyAdd(Vector128<double> left, Vector128<double> right, Vector128<double> addend)
    {
        if (Fma.IsSupported)
        {
            return Fma.MultiplyAdd(left, right, addend);
        }

        return AdvSimd.Arm64.IsSupported
            ? AdvSimd.Arm64.FusedMultiplyAdd(addend, left, right)
            : (left * right) + addend;
    }
}
