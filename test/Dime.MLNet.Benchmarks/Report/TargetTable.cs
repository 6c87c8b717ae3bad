using Dime.MLNet.Benchmarks.Data;
using Dime.MLNet.Benchmarks.Processes;
using Dime.MLNet.Benchmarks.Work;
using static Dime.MLNet.Benchmarks.Report.Figures;

namespace Dime.MLNet.Benchmarks.Report;

/// <summary>Holds the measurements against what they have to reach.</summary>
internal sealed class TargetTable(Measurements measured)
{
    private const string DimePytorch = "dime-pytorch";
    private const string RandomizedPca = "RandomizedPca";
    private const string MathNet = "Math.NET DIME";

    public IEnumerable<TargetRow> Rows() =>
    [
        Projection(),
        .. Arrays(),
        .. FewRows(),
        .. Eigen(),
        .. Ensemble(),
        .. Views(),
        SingleRow(),
        .. Network(),
        .. OnnxStage(),
        .. Streaming(),
    ];

    private TargetRow Projection()
    {
        double ours = ProjectionBenchmarks.Operations / Seconds(nameof(ProjectionBenchmarks), nameof(ProjectionBenchmarks.Project));
        double peak = ProjectionBenchmarks.Operations / Seconds(nameof(ProjectionBenchmarks), nameof(ProjectionBenchmarks.Peak));
        return new TargetRow(
            Invariant($"projection {Shapes.Wide}, {Shapes.Threads} threads"),
            Rate(ours), "FMA peak: " + Rate(peak), Percent(ours / peak), "≥ 85 %", ours >= 0.85 * peak);
    }

    private IEnumerable<TargetRow> Arrays()
    {
        const string fits = nameof(ArrayFitBenchmarks), scores = nameof(ArrayScoringBenchmarks);
        const string fit = nameof(ArrayFitBenchmarks.Fit), distances = nameof(ArrayScoringBenchmarks.Distances);
        return new[]
        {
            AgainstPytorch("fit", Seconds(fits, fit, Shapes.LongByThreshold), Shapes.LongByThreshold, PytorchPeer.FitCase, 5),
            AgainstPytorch("fit", Seconds(fits, fit, Shapes.Wide), Shapes.Wide, PytorchPeer.FitCase, 4.5),
            Faster($"fit {Shapes.MathNet}", Seconds(fits, fit, Shapes.MathNet), MathNet, Seconds(nameof(MathNetBenchmarks), nameof(MathNetBenchmarks.Fit))),
            AgainstPytorch("distances", Seconds(scores, distances, Shapes.Narrow), Shapes.Narrow, PytorchPeer.DistanceCase, 5),
            AgainstPytorch("distances", Seconds(scores, distances, Shapes.Wide), Shapes.Wide, PytorchPeer.DistanceCase, 5),
            Faster($"distances {Shapes.MathNet}", Seconds(scores, distances, Shapes.MathNet), MathNet, Seconds(nameof(MathNetBenchmarks), nameof(MathNetBenchmarks.Distances))),
            AgainstPytorch("probabilities", Seconds(scores, nameof(ArrayScoringBenchmarks.Probabilities), Shapes.Narrow), Shapes.Narrow, PytorchPeer.ProbabilityCase, 80),
        }.OfType<TargetRow>();
    }

    private IEnumerable<TargetRow> FewRows()
    {
        const string fits = nameof(ArrayFitBenchmarks), fit = nameof(ArrayFitBenchmarks.Fit);
        foreach (Shape shape in Shapes.Few)
        {
            if (AgainstPytorch("fit", Seconds(fits, fit, shape), shape, PytorchPeer.FitCase, 3) is { } row)
            {
                yield return row;
            }
        }

        Shape few = Shapes.Few.Single(shape => (shape.Rows, shape.Dimension) == (Shapes.FewTurned.Dimension, Shapes.FewTurned.Rows));
        double ours = Seconds(fits, fit, few), turned = Seconds(fits, fit, Shapes.FewTurned);
        yield return new TargetRow(
            $"fit {few}", Time(ours), $"our fit {Shapes.FewTurned}: {Time(turned)}", Times(ours / turned) + " its time", "≤ 1.5×", ours <= 1.5 * turned);
        const string ensembles = nameof(FewRowsEnsembleBenchmarks);
        double mahalanobis = Seconds(ensembles, nameof(FewRowsEnsembleBenchmarks.Mahalanobis)), plane = Seconds(ensembles, nameof(FewRowsEnsembleBenchmarks.Hyperplane));
        yield return new TargetRow(
            Invariant($"fit of Mahalanobis distances, {FewRowsEnsembleBenchmarks.Shape.Rows}×{FewRowsEnsembleBenchmarks.Shape.Dimension}"),
            Time(mahalanobis), $"fit of the hyperplane of all rows: {Time(plane)}", Times(mahalanobis / plane) + " its time", "", null);
        yield return new TargetRow(
            $"fit {Shapes.FewForMemory}: peak working set over the data", Bytes(measured.FewRowsPeakBytes), "", "", "< 300 MB", measured.FewRowsPeakBytes < 300e6);
    }

    private IEnumerable<TargetRow> Eigen() => Shapes.Eigen.Select(shape => Faster(
        Invariant($"all eigenpairs, P = {shape.Dimension}"),
        Seconds(nameof(EigenBenchmarks), nameof(EigenBenchmarks.All), shape),
        "Math.NET `Evd`",
        Seconds(nameof(EigenBenchmarks), nameof(EigenBenchmarks.MathNet), shape)));

    private IEnumerable<TargetRow> Ensemble()
    {
        const string scores = nameof(EnsembleScoringBenchmarks);
        string shape = Invariant($"{Shapes.Ensemble.Rows}×{Shapes.Ensemble.Dimension}");
        double mahalanobis = Seconds(scores, nameof(EnsembleScoringBenchmarks.Mahalanobis));
        double product = Seconds(scores, nameof(EnsembleScoringBenchmarks.Product));
        double peak = Seconds(scores, nameof(EnsembleScoringBenchmarks.Peak));
        double relative = Seconds(scores, nameof(EnsembleScoringBenchmarks.RelativeMahalanobis));
        yield return new TargetRow(
            $"Mahalanobis distances {shape}, {Shapes.Threads} threads",
            Rate(EnsembleScoringBenchmarks.Operations / mahalanobis),
            "FMA peak: " + Rate(EnsembleScoringBenchmarks.Operations / peak), Percent(peak / mahalanobis), "≥ 80 %", peak >= 0.8 * mahalanobis);
        yield return new TargetRow(
            $"the same, all of it", Time(mahalanobis), $"its {Shapes.Ensemble.Dimension}×{Shapes.Ensemble.Dimension} product alone: {Time(product)}", Times(mahalanobis / product) + " its time", "", null);
        yield return new TargetRow(
            $"relative Mahalanobis distances {shape}, {Shapes.EnsembleClasses} classes", Time(relative), "", "", "≤ 0.5 s", relative <= 0.5);
    }

    private IEnumerable<TargetRow> Views()
    {
        yield return FitOfView(Shapes.Long, nameof(ViewFitBenchmarks.Fit), "`Fit` of a cached view", 2.5);
        yield return FitOfView(Shapes.Wide, nameof(ViewFitBenchmarks.Fit), "`Fit` of a cached view", 1.6);
        yield return FitOfView(Shapes.Long, nameof(ViewFitBenchmarks.FitAndCalibrate), "the same with the default calibration");
        yield return FitOfView(Shapes.Wide, nameof(ViewFitBenchmarks.FitAndCalibrate), "the same with the default calibration");
        yield return ScoringOfView(Shapes.Narrow, 6);
        yield return ScoringOfView(Shapes.Wide, 4);
        yield return BoundOfScoring(Shapes.Narrow);
        yield return BoundOfScoring(Shapes.Wide);
        yield return ScoringAgainstArrays(Shapes.Narrow);
        yield return ScoringAgainstArrays(Shapes.Wide);
    }

    private TargetRow FitOfView(Shape shape, string method, string work, double? atLeast = null) => Faster(
        $"{work}, {shape}",
        Seconds(nameof(ViewFitBenchmarks), method, shape),
        RandomizedPca,
        Seconds(nameof(ViewFitBenchmarks), nameof(ViewFitBenchmarks.FitRandomizedPca), shape),
        atLeast);

    private TargetRow ScoringOfView(Shape shape, double atLeast) => Faster(
        $"reading `DimeDistance` of a cached view, {shape}",
        Seconds(nameof(ViewScoringBenchmarks), nameof(ViewScoringBenchmarks.ReadDistances), shape),
        RandomizedPca + "'s `Score`",
        Seconds(nameof(ViewScoringBenchmarks), nameof(ViewScoringBenchmarks.ReadRandomizedPca), shape),
        atLeast);

    // Reading aside, nobody can project faster than this.
    private TargetRow BoundOfScoring(Shape shape)
    {
        double share = (double)shape.Dimension * shape.Rank!.Value / ((double)Shapes.Wide.Dimension * Shapes.Wide.Rank!.Value);
        double bound = share * Seconds(nameof(ProjectionBenchmarks), nameof(ProjectionBenchmarks.Peak));
        double peer = Seconds(nameof(ViewScoringBenchmarks), nameof(ViewScoringBenchmarks.ReadRandomizedPca), shape);
        return new TargetRow($"bound of the same: its multiply-adds at the FMA peak, {shape}", Time(bound), $"{RandomizedPca}'s `Score`: {Time(peer)}", Times(peer / bound) + " at the most", "", null);
    }

    private TargetRow ScoringAgainstArrays(Shape shape)
    {
        double ours = Seconds(nameof(ViewScoringBenchmarks), nameof(ViewScoringBenchmarks.ReadDistances), shape);
        double arrays = Seconds(nameof(ArrayScoringBenchmarks), nameof(ArrayScoringBenchmarks.Distances), shape);
        return new TargetRow($"reading `DimeDistance` of a cached view, {shape}", Time(ours), "our array API: " + Time(arrays), Times(ours / arrays) + " its time", "≤ 2×", ours <= 2 * arrays);
    }

    private TargetRow SingleRow()
    {
        Measurement identity = measured.Benchmark(nameof(SingleRowBenchmarks), nameof(SingleRowBenchmarks.Identity));
        Measurement dime = measured.Benchmark(nameof(SingleRowBenchmarks), nameof(SingleRowBenchmarks.WithDime));
        double added = dime.Seconds - identity.Seconds;
        long bytes = dime.Bytes - identity.Bytes;
        return new TargetRow(
            Invariant($"one row through `PredictionEngine`, P = {Shapes.Narrow.Dimension}, k = {Shapes.Narrow.Rank}"),
            Time(dime.Seconds),
            "identity pipeline: " + Time(identity.Seconds),
            $"{Time(added)} and {bytes} B added",
            "< 10 µs, 0 B",
            added < 10e-6 && bytes <= 0);
    }

    private IEnumerable<TargetRow> Network()
    {
        double added = measured.Network.Ratio - 1;
        yield return new TargetRow(
            $"ONNX stage and DIME, {Shapes.ImageRows} images",
            Time(measured.Network.SecondSeconds),
            "ONNX stage alone: " + Time(measured.Network.FirstSeconds),
            Percent(added) + " added",
            "< 1 %",
            added < 0.01);

        double alone = Seconds(nameof(OnnxBenchmarks), nameof(OnnxBenchmarks.DimeAlone));
        yield return new TargetRow(
            "DIME alone on the cached features of these images",
            Time(alone),
            "ONNX stage alone: " + Time(measured.Network.FirstSeconds),
            Invariant($"{100 * alone / measured.Network.FirstSeconds:F2} %"),
            "",
            null);
    }

    private IEnumerable<TargetRow> OnnxStage()
    {
        foreach (OnnxComparison comparison in measured.OnnxComparisons)
        {
            (double? atLeast, double? atMostAdded) = TargetOf(comparison);
            double faster = 1 / comparison.Times.Ratio;
            double added = comparison.Times.Ratio - 1;
            yield return new TargetRow(
                Invariant($"{comparison.Work}, {comparison.Rows} images"),
                Time(comparison.Times.SecondSeconds),
                $"{comparison.Peer}: {Time(comparison.Times.FirstSeconds)}",
                atMostAdded is not null ? Percent(added) + " added" : faster >= 1 ? Times(faster) + " faster" : Times(1 / faster) + " its time",
                atLeast is not null ? $"≥ {Times(atLeast.Value)}" : atMostAdded is not null ? $"< {Percent(atMostAdded.Value)}" : "",
                atLeast is not null ? faster >= atLeast : atMostAdded is not null ? added < atMostAdded : null);
        }

        OnnxComparison logits = measured.OnnxComparisons[0];
        double share = (double)logits.OurBytes / logits.PeerBytes;
        yield return new TargetRow(
            "`ExtractOnnxFeatures`: allocated for each row",
            Bytes((double)logits.OurBytes / logits.Rows),
            $"{logits.Peer}: {Bytes((double)logits.PeerBytes / logits.Rows)}",
            Percent(share) + " of its",
            "≤ 2 %",
            share <= 0.02);
    }

    // The first compares whole networks; the fourth and the fifth are the overhead of a fused DIME, the sixth that of a fused ensemble.
    private (double? AtLeast, double? AtMostAdded) TargetOf(OnnxComparison comparison) =>
        comparison == measured.OnnxComparisons[0] ? (1.4, null)
        : measured.OnnxComparisons.Skip(3).Take(2).Contains(comparison) ? (null, 0.01)
        : comparison == measured.OnnxComparisons[5] ? (null, 0.03)
        : (null, null);

    private IEnumerable<TargetRow> Streaming()
    {
        ProcessFigures slope = measured.StreamedForSlope, all = measured.Streamed;
        double ratio = all.Seconds / slope.Seconds;
        double expected = (double)Shapes.StreamedRows / Shapes.StreamedRowsForSlope;
        string work = Invariant($"streamed fit of {Shapes.StreamedRows}×{Shapes.StreamedDimension} generated rows");
        yield return new TargetRow(work + ": peak working set", Bytes(all.PeakBytes), "", "", "< 250 MB", all.PeakBytes < 250e6);
        yield return new TargetRow(
            work + ": time",
            Time(all.Seconds),
            Invariant($"{Shapes.StreamedRowsForSlope} rows: {Time(slope.Seconds)}"),
            Times(ratio),
            Invariant($"{expected:F0}× ± 15 %"),
            Math.Abs(ratio - expected) <= 0.15 * expected);
    }

    private TargetRow? AgainstPytorch(string work, double ours, Shape shape, Func<Shape, string> caseOf, double atLeast) =>
        measured.Pytorch is null ? null : Faster($"{work} {shape}", ours, DimePytorch, measured.Pytorch.Seconds[caseOf(shape)], atLeast);

    private static TargetRow Faster(string work, double ours, string peerName, double peer, double? atLeast = null) => new(
        work,
        Time(ours),
        $"{peerName}: {Time(peer)}",
        Times(peer / ours) + " faster",
        atLeast is null ? "" : Invariant($"≥ {atLeast}×"),
        atLeast is null ? null : peer >= atLeast * ours);

    private double Seconds(string className, string method, Shape? shape = null) => measured.Benchmark(className, method, shape).Seconds;

    private static string Rate(double perSecond) => Invariant($"{perSecond / 1e9:F0} GFLOP/s");
}
