namespace Dime.MLNet.Evidence.Data;

/// <summary>What goes wrong with a camera, or with the code between it and the network.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Description">What it does to an image of the size that the network takes.</param>
/// <param name="NeedsColors">Whether it shows in colours only.</param>
/// <param name="Apply">Changes the pixels, four bytes each: three colours, the middle one green, and opacity, which stays.</param>
internal sealed record Fault(string Name, string Description, bool NeedsColors, Action<PixelGrid, Random> Apply)
{
    private const double NoiseDeviation = 51;

    public static IReadOnlyList<Fault> All { get; } =
    [
        new("black", "all colours 0", false, (image, _) => image.Map(_ => 0)),
        new("white", "all colours 255", false, (image, _) => image.Map(_ => 255)),
        new("BGR swapped", "red and blue exchanged", true, (image, _) => image.SwapOuterColors()),
        new("noise", "normal noise of standard deviation 51 added to each colour", false, (image, random) => image.Map(color => color + (NoiseDeviation * NormalDistribution.Draw(random)))),
        new("blur", "a normal blur, its standard deviation 1/16 of the shorter side", false, (image, _) => image.Blur(Math.Min(image.Width, image.Height) / 16.0)),
        new("inverted", "each colour c replaced by 255 − c", false, (image, _) => image.Map(color => 255 - color)),
        new("half grey", "the lower half 128", false, (image, _) => image.FillLowerHalf(128)),
        new("dark", "all colours divided by 4", false, (image, _) => image.Map(color => color / 4)),
    ];
}
