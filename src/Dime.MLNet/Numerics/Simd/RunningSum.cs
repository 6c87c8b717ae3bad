namespace Dime.MLNet.Numerics.Simd;

/// <summary>One chain along the whole depth: a split of the depth does not change a bit.</summary>
internal readonly struct RunningSum : ISummation
{
    public static bool Continues => true;
}
