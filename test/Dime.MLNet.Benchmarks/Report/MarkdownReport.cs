using System.Globalization;
using System.Reflection;
using System.Text;
using BenchmarkDotNet.Environments;
using Dime.MLNet.Benchmarks.Data;
using MathNet.Numerics.LinearAlgebra;
using Microsoft.ML;
using Microsoft.ML.OnnxRuntime;
using static Dime.MLNet.Benchmarks.Report.Figures;

namespace Dime.MLNet.Benchmarks.Report;

/// <summary>Writes docs/benchmarks.md.</summary>
internal static class MarkdownReport
{
    private const string Head = """
        # Benchmarks

        Everything below comes from one run of

        ```
        dotnet run -c Release --project test/Dime.MLNet.Benchmarks
        ```

        which also writes this page. Times are medians; a ratio compares two medians of that run. `--filter '*Scoring*'` and
        the other arguments of BenchmarkDotNet run single benchmarks, without writing the page.

        """;

    private const string Method = """

        ## How it is measured

        - Embeddings are max(0, Z·A + 0.1·E) with Z, A, E normal and 32 latent dimensions, single precision, drawn with fixed
          seeds. Distances and probabilities are of rows that were not fitted to. dime-pytorch draws from the same distribution.
        - BenchmarkDotNet runs each benchmark in a process of its own: 3 iterations to warm up and 11 by the clock, of 150 ms
          or one run.
        - The peak is that of fused multiply-adds on registers alone, with the widest vectors and as many threads.
        - RandomizedPca reads the same cached data view and gets the same rank; it approximates, DIME's fit is exact.
        - Math.NET is compared on the shape where its managed matrix products finish within seconds. It is the DIME one would
          write with it in a few lines: eigenvectors of XᵀX, then plain matrix products.
        - dime-pytorch runs in a process of its own (`peers/dime_pytorch.py`). Where 0.99 is asked for, it gets the rank that
          explains 99 % as a number.
        - The ONNX stage with and without DIME is measured in turns, 60 times each; what is added is the median
          over the pairs, and uncertain by about 1 % on a virtual machine: the line below it shows what DIME itself takes.
        - ONNX stages and fused networks are measured against their peers in turns, each time after a run that does not count,
          on random images in memory or the sample's files: 15 times, and fused networks in ONNX Runtime 151 times.
        - The streamed fit runs with all defaults in a process of its own, after a small fit to warm up; its time includes the
          generation of the rows, and is the median of several fits where one takes less than 3 s.

        """;

    private const string Profile = """

        ## Where the time goes

        - **Reading distances from a view.** RandomizedPca does the same multiply-adds, so no ratio can pass the bound in the
          table, which leaves nothing for reading. Beside the array API a view costs the cache's copy of each row (`ReadOnly`
          below), one more copy into the block, and the hand-over of the values one by one; pieces of a block are measured
          while the rest of it is read.
        - **Fit of 10000×2048.** XᵀX in double precision takes about 0.42 s (100 GFLOP/s, of 108 at the double FMA peak), the
          eigenproblem about 0.25 s: nine tenths of that is the reduction to tridiagonal form, which reads the shrinking
          matrix from memory once a column. What other solvers could save stands below.
        - **Fit of few rows.** XXᵀ takes N²P operations at the same speed, V = XᵀUΛ^(−½) and the check that it is orthonormal
          2NPk + Pk²; the eigenproblem is of order N. Beside the fit of its transpose 1000×8192 has to keep the rows and to form V,
          some 20 and 30 ms; the ratio was between 1.2 and 1.6 in runs on this machine.
        - **Probabilities.** What is added to the distances is the binary search; the ratio moves with the peer's time, which
          varies between runs by a third.
        - **Fused network.** What is added to a batch of 64 images is 0.2 ms on one thread, and cannot be shared by two: the
          faster the network, the larger the share.
        - **ONNX stage.** The table compares it with ONNX Runtime alone, which is its bound; other batch sizes, and two batches
          at a time with one thread each, are no faster there. `ApplyOnnxModel` goes row by row on all cores too, and loses by
          what it copies and allocates: the larger the network, the less that is.

        """;

    private const string Solver = """

        ## One solver, and why

        A fit of a given rank k needs k eigenvectors, and an iteration finds these without the others. Measured by

        ```
        DOTNET_PROCESSOR_COUNT=1 taskset -c 0 dotnet run -c Release --project test/Dime.MLNet.Benchmarks -- --partial-eigen
        ```

        P = 2048, k = 128, ‖Mv − λv‖ ≤ 10⁻¹²·λ₁; processor time of one thread in turns, medians of 7 (run of its own, on a busy machine):

        | spectrum | Krylov space | the library's solver | block Lanczos | ratio |
        | --- | ---: | ---: | ---: | ---: |
        | embeddings of the benchmarks | 672 | 876 ms | 572 ms | 1.57× |
        | λᵢ = 1/i | 544 | 712 ms | 391 ms | 1.80× |
        | λᵢ = 1/i² | 384 | 753 ms | 266 ms | 2.99× |
        | normal noise | 1312 | 675 ms | 1488 ms | 0.48× |

        That is the iteration's least time: it is told how large its space must be, and proves nothing. The proof that no eigenvalue was
        missed, a Cholesky factorisation of σI − M + VΛVᵀ, took 0.15 s more in an experiment beside: 1.2× on the embeddings is left, before any search for
        the size. It would also take the model's spectrum away, all P eigenvalues, for which the reduction to tridiagonal form, nine
        tenths of the library's solver, has to be done anyway; and where the spectrum turns out to be flat it loses. So there is one
        solver, and what was gained was gained in its reduction, at how it reads memory.

        """;

    public static string Write(Measurements measured)
    {
        var text = new StringBuilder(Head);
        AppendMachine(text, measured);
        AppendTargets(text, measured);
        text.Append(Profile);
        text.Append(Solver);
        text.Append(Method);
        AppendAll(text, measured);
        return text.ToString();
    }

    private static void AppendMachine(StringBuilder text, Measurements measured)
    {
        text.AppendLine().AppendLine("## Machine").AppendLine().AppendLine("```");
        text.AppendLine(CultureInfo.InvariantCulture, $"{DateTime.UtcNow:yyyy-MM-dd}");
        foreach (string line in HostEnvironmentInfo.GetCurrent().ToFormattedString())
        {
            text.AppendLine(line);
        }

        string torch = measured.Pytorch is null ? "" : $", PyTorch {measured.Pytorch.Torch}, NumPy {measured.Pytorch.Numpy}";
        text.AppendLine(CultureInfo.InvariantCulture, $"ML.NET {VersionOf(typeof(MLContext))}, ONNX Runtime {OrtEnv.Instance().GetVersionString()}, Math.NET Numerics {VersionOf(typeof(Matrix<float>))}{torch}");
        text.AppendLine("```");
        if (Environment.ProcessorCount != Shapes.Threads)
        {
            text.AppendLine().AppendLine(CultureInfo.InvariantCulture, $"The peers ran on {Shapes.Threads} threads, we on {Environment.ProcessorCount}: set DOTNET_PROCESSOR_COUNT={Shapes.Threads} for a fair comparison.");
        }

        if (measured.Pytorch is null)
        {
            text.AppendLine().AppendLine("dime-pytorch was not installed, so its comparisons are missing: `pip install dime-pytorch`, and name the Python in DIME_PEER_PYTHON if it is not `python3`.");
        }
    }

    private static void AppendTargets(StringBuilder text, Measurements measured)
    {
        text.AppendLine().AppendLine("## Against targets and peers").AppendLine();
        text.AppendLine("| work | ours | peer | ratio | target | reached? |");
        text.AppendLine("| --- | ---: | ---: | ---: | ---: | --- |");
        foreach (TargetRow row in new TargetTable(measured).Rows())
        {
            string reached = row.Reached switch { true => "yes", false => "**no**", null => "" };
            text.AppendLine(CultureInfo.InvariantCulture, $"| {row.Work} | {row.Ours} | {row.Peer} | {row.Ratio} | {row.Target} | {reached} |");
        }
    }

    private static void AppendAll(StringBuilder text, Measurements measured)
    {
        text.AppendLine().AppendLine("## All medians").AppendLine();
        text.AppendLine("| benchmark | work | median | allocated |");
        text.AppendLine("| --- | --- | ---: | ---: |");
        foreach (Measurement measurement in measured.Benchmarks)
        {
            text.AppendLine(CultureInfo.InvariantCulture, $"| {measurement.Name} | {measurement.Shape} | {Time(measurement.Seconds)} | {Bytes(measurement.Bytes)} |");
        }
    }

    private static string VersionOf(Type type)
    {
        Assembly assembly = type.Assembly;
        string version = assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "";
        return version.Split('+')[0];
    }
}
