using Dime.MLNet.Benchmarks.Data;

namespace Dime.MLNet.Benchmarks.Processes;

/// <summary>A fit to few rows of many values in a process of its own, whose peak of memory over the data is told.</summary>
internal static class FewRowsFit
{
    /// <summary>The argument that makes this program the child process.</summary>
    public const string Argument = "--few-rows-fit";

    /// <summary>Runs the child process; returns the bytes.</summary>
    /// <exception cref="InvalidOperationException">The child failed.</exception>
    public static long Measure() => ChildProcess.Run<long>(Argument);

    /// <summary>What the child process does: one fit, as a first contact is; it prints the peak over the data, runtime and all.</summary>
    public static void Run()
    {
        Shape shape = Shapes.FewForMemory;
        float[] rows = Embeddings.Train(shape);
        ModelledEmbedding.Fit(rows, shape.Dimension, rank: shape.Rank);
        ChildProcess.Tell(ChildProcess.PeakBytes() - (sizeof(float) * (long)rows.Length));
    }
}
