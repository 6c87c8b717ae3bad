using System.Globalization;
using Dime.MLNet.Benchmarks.Data;
using Dime.MLNet.Numerics;
using Dime.MLNet.Numerics.Eigen;

namespace Dime.MLNet.Benchmarks.Work;

/// <summary>
/// Compares the solver with an iteration that finds the leading pairs alone, on the whole spectra that a fit meets. The
/// iteration is told how large a space it needs, which it could not know, and proves nothing: its time is its least.
/// Times are those of the processor; on one thread (DOTNET_PROCESSOR_COUNT=1) none of it is spent waiting for another.
/// </summary>
internal static unsafe class PartialEigen
{
    /// <summary>The argument that makes this program measure that.</summary>
    public const string Argument = "--partial-eigen";

    private const int Order = 2048;
    private const int Count = 128;
    private const int Pairs = 7;
    private const double Tolerance = 1e-12;

    /// <summary>Prints a table.</summary>
    public static void Run()
    {
        Console.WriteLine("| spectrum | space | full solver | block Lanczos | ratio |");
        Console.WriteLine("| --- | ---: | ---: | ---: | ---: |");
        Compare("embeddings of the benchmarks", Moment(Embeddings.Train(new Shape(10_000, Order, Count))));
        Compare("λᵢ = 1/i", Turned(i => 1.0 / i));
        Compare("λᵢ = 1/i²", Turned(i => 1.0 / ((double)i * i)));
        Compare("normal noise", Moment(Noise(10_000)));
    }

    private static void Compare(string name, double[] matrix)
    {
        int threads = Environment.ProcessorCount;
        using var team = new ForkJoin(threads);
        int size = NeededSize(matrix, team);
        var times = PairedTimes.Measure(
            () => SymmetricEigen.Largest(matrix, Order, Count, threads),
            () => Partial(matrix, size, team),
            Pairs,
            () => Environment.CpuUsage.TotalTime);
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"| {name} | {size} | {1000 * times.FirstSeconds:0} ms | {1000 * times.SecondSeconds:0} ms | {1 / times.Ratio:0.00}× |"));
    }

    private static void Partial(double[] matrix, int size, ForkJoin team)
    {
        fixed (double* start = matrix)
        {
            using var space = new BlockLanczos(start, Order, size, team);
            while (space.Size < size)
            {
                space.Step();
            }

            (EigenPairs pairs, double residual) = space.Solve(Count, Environment.ProcessorCount);
            space.Expand(pairs);
            if (residual > Tolerance)
            {
                throw new InvalidOperationException($"The residual is {residual}.");
            }
        }
    }

    private static int NeededSize(double[] matrix, ForkJoin team)
    {
        fixed (double* start = matrix)
        {
            using var space = new BlockLanczos(start, Order, Order, team);
            do
            {
                space.Step();
                space.Step();
            }
            while (space.Size < 2 * Count || space.Solve(Count, Environment.ProcessorCount).Residual > Tolerance);

            return space.Size;
        }
    }

    private static double[] Moment(float[] rows)
    {
        var moment = new SecondMoment(Order);
        moment.Add(rows);
        double[] matrix = new double[Order * Order];
        for (int i = 0; i < matrix.Length; i++)
        {
            (int row, int column) = (i / Order, i % Order);
            matrix[i] = moment.Matrix.Row(Math.Min(row, column))[Math.Abs(row - column)];
        }

        return matrix;
    }

    /// <summary>Q·Λ·Q, Q = I − 2uuᵀ with u of equal elements: Λ − 2(λᵢ + λⱼ)/P + 4·Σλ/P².</summary>
    private static double[] Turned(Func<int, double> value)
    {
        double[] values = [.. Enumerable.Range(1, Order).Select(value)];
        double shift = 4 * values.Sum() / ((double)Order * Order);
        double[] matrix = new double[Order * Order];
        for (int i = 0; i < matrix.Length; i++)
        {
            (int row, int column) = (i / Order, i % Order);
            matrix[i] = (row == column ? values[row] : 0) - (2 * (values[row] + values[column]) / Order) + shift;
        }

        return matrix;
    }

    private static float[] Noise(int rows)
    {
        float[] values = new float[rows * Order];
        Embeddings.FillNormal(new Random(1), values, 1);
        return values;
    }
}
