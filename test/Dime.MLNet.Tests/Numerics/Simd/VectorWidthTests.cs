using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics.X86;
using Dime.MLNet.Numerics;
using Dime.MLNet.Numerics.Simd;

namespace Dime.MLNet.Tests.Numerics.Simd;

[TestClass]
public sealed class VectorWidthTests
{
    private const string FileVariable = "DIME_TEST_RESULT_FILE";
    private const string WidthVariable = "DIME_TEST_VECTOR_WIDTH";

    public TestContext TestContext { get; set; } = null!;

    private static int Width => Simd512.IsSupported ? 512 : Simd256.IsSupported ? 256 : 128;

    /// <summary>Stands for itself in this process, and is what <see cref="Every_width_gives_the_same_results"/> starts in others.</summary>
    [TestMethod]
    public void Results_of_this_process_match_double_loops()
    {
        const int Dimension = 300, Rank = 45, Count = 37;
        float[] basis = Oracle.OrthonormalBasis(Dimension, Rank, seed: 1);
        float[] rows = Oracle.Random(Count * Dimension, seed: 2);
        var projection = new Projection(basis, Dimension);
        float[] scores = new float[Count * Rank];
        double[] norms = new double[Count];
        double[] residuals = new double[Count];
        var moment = new SecondMoment(Rank);

        projection.Project(rows, scores, norms);
        projection.ResidualSumsOfSquares(rows, scores, residuals);
        moment.Add(scores);
        double[] matrix = moment.ToSymmetricMatrix();

        double[] distances = Oracle.Distances(rows, basis, Dimension);
        for (int r = 0; r < Count; r++)
        {
            Assert.AreEqual(distances[r], Math.Sqrt(residuals[r]), 1e-6 * distances[r]);
            double viaNorms = Math.Sqrt(norms[r] - Math.Pow(Oracle.Norm(scores.AsSpan(r * Rank, Rank)), 2));
            Assert.AreEqual(distances[r], viaNorms, 1e-5 * distances[r]);
        }

        CollectionAssert.AreEqual(Oracle.SecondMoment(scores, null, Rank), matrix);
        if (Environment.GetEnvironmentVariable(WidthVariable) is { } width)
        {
            Assert.AreEqual(int.Parse(width, CultureInfo.InvariantCulture), Width, "The runtime's switch did not work.");
        }

        if (Environment.GetEnvironmentVariable(FileVariable) is { } file)
        {
            double[] results = [.. scores.Select(s => (double)s), .. norms, .. residuals, .. matrix];
            File.WriteAllBytes(file, MemoryMarshal.AsBytes<double>(results).ToArray());
        }
    }

    [TestMethod]
    public async Task Every_width_gives_the_same_results()
    {
        double[] expected = await ResultsAsync(Width);
        foreach (int width in new[] { 128, 256 })
        {
            if (width < Width && X86Base.IsSupported)
            {
                double[] actual = await ResultsAsync(width);
                Assert.AreEqual(expected.Length, actual.Length);
                for (int i = 0; i < expected.Length; i++)
                {
                    Assert.AreEqual(expected[i], actual[i], 1e-6 * Math.Abs(expected[i]), $"width {width}, result {i}");
                }
            }
        }
    }

    private async Task<double[]> ResultsAsync(int width)
    {
        string file = Path.GetTempFileName();
        try
        {
            var start = new ProcessStartInfo(Path.Combine(AppContext.BaseDirectory, "Dime.MLNet.Tests" + (OperatingSystem.IsWindows() ? ".exe" : "")))
            {
                ArgumentList = { "--filter", "Name=" + nameof(Results_of_this_process_match_double_loops), "--no-progress" },
                RedirectStandardOutput = true,
                RedirectStandardError = true,
            };
            start.Environment[FileVariable] = file;
            start.Environment[WidthVariable] = width.ToString(CultureInfo.InvariantCulture);
            if (width < Width)
            {
                // The first name was the switch up to .NET 9, the second is since .NET 10.
                start.Environment["DOTNET_EnableAVX512F"] = "0";
                start.Environment["DOTNET_EnableAVX512"] = "0";
            }

            if (width < 256 && Width > 128)
            {
                start.Environment["DOTNET_EnableAVX2"] = "0";
            }

            await RunAsync(start);
            return MemoryMarshal.Cast<byte, double>(await File.ReadAllBytesAsync(file, TestContext.CancellationToken)).ToArray();
        }
        finally
        {
            File.Delete(file);
        }
    }

    private async Task RunAsync(ProcessStartInfo start)
    {
        using Process process = Process.Start(start)!;
        Task<string> error = process.StandardError.ReadToEndAsync(TestContext.CancellationToken);
        string output = await process.StandardOutput.ReadToEndAsync(TestContext.CancellationToken);
        await process.WaitForExitAsync(TestContext.CancellationToken);
        Assert.AreEqual(0, process.ExitCode, output + await error);
    }
}
