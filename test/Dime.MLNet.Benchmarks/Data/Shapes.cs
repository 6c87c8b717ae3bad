namespace Dime.MLNet.Benchmarks.Data;

/// <summary>The sizes of everything that is measured, for us and for the peers.</summary>
internal static class Shapes
{
    public const int Threads = 2;

    public const double Threshold = 0.99;

    public const int Percentiles = 5000;

    public const int ImageRows = 500;

    public const int EnsembleClasses = 1000;

    public const int StreamedDimension = 512;

    public const int StreamedRows = 1_000_000;

    public const int StreamedRowsForSlope = 100_000;

    public static Shape Narrow { get; } = new(10_000, 512, 64);

    public static Shape Wide { get; } = new(10_000, 2048, 128);

    public static Shape Long { get; } = new(50_000, 512, 64);

    public static Shape LongByThreshold { get; } = new(50_000, 512, Rank: null);

    /// <summary>A first contact: a few images, and a layer or a whole map of a network.</summary>
    public static IReadOnlyList<Shape> Few { get; } = [new(500, 4096, 64), new(1000, 8192, 64), new(1000, 25_088, 64)];

    /// <summary>The second of them, turned.</summary>
    public static Shape FewTurned { get; } = new(8192, 1000, 64);

    /// <summary>The one whose peak of memory is told.</summary>
    public static Shape FewForMemory { get; } = new(500, 16_384, 64);

    /// <summary>The orders of the matrices whose eigenpairs are found.</summary>
    public static IReadOnlyList<Shape> Eigen { get; } = [new(1024, 256, 256), new(2048, 512, 512), new(4096, 1024, 1024)];

    /// <summary>Scored by all of its dimensions, whatever the rank.</summary>
    public static Shape Ensemble { get; } = new(10_000, 512, 512);

    /// <summary>The one on which Math.NET's managed matrix products finish within seconds.</summary>
    public static Shape MathNet => Narrow;
}
