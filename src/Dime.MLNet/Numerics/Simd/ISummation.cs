namespace Dime.MLNet.Numerics.Simd;

/// <summary>How a product over a part of the depth enters what the parts before it came to.</summary>
internal interface ISummation
{
    /// <summary>Gets whether the sum goes on where the target stands; otherwise it starts at zero and is added.</summary>
    static abstract bool Continues { get; }
}

/// <summary>One chain along the whole depth: a split of the depth does not change a bit.</summary>
internal readonly struct RunningSum : ISummation
{
    public static bool Continues => true;
}

/// <summary>A chain for each part: fewer roundings of large sums, so that single precision loses less.</summary>
internal readonly struct PartialSums : ISummation
{
    public static bool Continues => false;
}
