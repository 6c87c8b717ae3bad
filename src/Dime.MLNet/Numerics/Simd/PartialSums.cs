namespace Dime.MLNet.Numerics.Simd;

/// <summary>A chain for each part: fewer roundings of large sums, so that single precision loses less.</summary>
internal readonly struct PartialSums : ISummation
{
    public static bool Continues => false;
}
