using System.Diagnostics;
using Dime.MLNet.Onnx.Protobuf;
using Dime.MLNet.Tests.Fixtures;
using Dime.MLNet.Tests.Modelling.Ensembles;
using Dime.MLNet.Tests.Onnx.Detectors;
using Microsoft.ML.OnnxRuntime.Tensors;
using Embeddings = Dime.MLNet.Tests.Modelling.Embeddings;

namespace Dime.MLNet.Tests.Onnx;

/// <summary>Exported and fused files before ONNX's own checker, where Python has it (Debian's python3-onnx).</summary>
[TestClass]
public sealed class OnnxCheckerTests
{
    // Full checks of the model, then types and shapes of every tensor, which must agree with what the file states.
    private const string Script =
        """
        import sys, onnx
        for path in sys.argv[1:]:
            onnx.checker.check_model(path, full_check=True)
            model = onnx.load(path)
            inferred = onnx.shape_inference.infer_shapes(model, check_type=True, strict_mode=True, data_prop=True)
            known = {value.name for value in list(inferred.graph.value_info) + list(inferred.graph.output)}
            unknown = [name for node in inferred.graph.node for name in node.output if name and name not in known]
            if unknown:
                sys.exit(f"{path}: no type could be inferred for {unknown}")
        print("checked", len(sys.argv) - 1)
        """;

    private static readonly string[] _pythons = ["python3", "/usr/bin/python3"];

    // As far as the checker of Debian's package knows.
    private static int[] Opsets => [9, 10, 11, 12, 13, 17];

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("dime-");

    [TestCleanup]
    public void DeleteFolder() => _folder.Delete(recursive: true);

    [TestMethod]
    public async Task Exports_and_fused_networks_pass()
    {
        string python = await FindPython();
        const int Width = 32;
        var fitted = ModelledEmbedding.Fit(Embeddings.Gaussian(100, Width, 1), Width, rank: 5);
        OnnxGraph detector = fitted.Calibrate(Embeddings.Gaussian(80, Width, 2), 50).ToOnnx(includeWithin: true);
        var network = OnnxGraph.Load(ProjectFiles.SampleNetwork);
        ModelledEmbedding tiny = ModelledEmbedding.Fit(Embeddings.Gaussian(50, 3, 1), 3, rank: 1).Calibrate(Embeddings.Gaussian(40, 3, 2), 20);
        OnnxGraph half = TinyNetwork.Load(TinyNetwork.Cast(TensorElementType.Float, TensorElementType.Float16, null));
        OnnxGraph fixedBatch = TinyNetwork.Load(TinyNetwork.Cast(TensorElementType.Float, TensorElementType.Double, 4));
        OnnxGraph[] graphs =
        [
            detector,
            fitted.ToOnnx(),
            network.WithOutputs(SampleRow.Tensor),
            network.Fuse(detector, SampleRow.Tensor),
            network.Fuse(detector, SampleRow.Tensor, "early").Fuse(detector, SampleRow.Tensor, "again"),
            half.Fuse(tiny.ToOnnx(includeWithin: true), "y"),
            fixedBatch.Fuse(tiny.ToOnnx(includeWithin: true), "y"),
            EveryScore.Fit().ToOnnx(),
            .. Opsets.SelectMany(FusedIn),
        ];
        string[] files = [.. graphs.Select((graph, i) => Path.Combine(_folder.FullName, $"{i}.onnx"))];
        foreach ((OnnxGraph graph, string file) in graphs.Zip(files))
        {
            graph.Save(file);
        }

        (int exitCode, string output) = await Run(python, ["-c", Script, .. files]);

        Assert.AreEqual(0, exitCode, output);
        Assert.Contains($"checked {files.Length}", output);
    }

    [TestMethod]
    public async Task Checker_turns_away_what_is_wrong()
    {
        string python = await FindPython();
        ModelProto model = ModelledEmbedding.Fit(Embeddings.Gaussian(50, 3, 1), 3, rank: 1).ToOnnx().CopyModel();
        model.Graph.Output[0] = TinyNetwork.Value("distance", TinyNetwork.Int64, [null]);
        string file = Path.Combine(_folder.FullName, "wrong.onnx");
        TinyNetwork.Load(model).Save(file);

        (int exitCode, string output) = await Run(python, ["-c", Script, file]);

        Assert.AreNotEqual(0, exitCode, output);
    }

    private static IEnumerable<OnnxGraph> FusedIn(int opset)
    {
        OnnxGraph classifier = TinyNetwork.Load(GraphFusionTests.OfOpset(EnsembleFusionTests.Network(), opset));
        ModelledEmbedding dime = ModelledEmbedding.Fit(Embeddings.Gaussian(50, 4, 1), 4, rank: 1).Calibrate(Embeddings.Gaussian(40, 4, 2), 20);
        yield return classifier.Fuse(dime.ToOnnx(includeWithin: true), "maps").Fuse(EnsembleFusionTests.Fit(classifier).ToOnnx(), EnsembleFusionTests.Tensors, "all");
    }

    private static async Task<string> FindPython()
    {
        foreach (string python in _pythons)
        {
            try
            {
                if ((await Run(python, ["-c", "import onnx.checker, onnx.shape_inference"])).ExitCode == 0)
                {
                    return python;
                }
            }
            catch (System.ComponentModel.Win32Exception)
            {
                // There is no such program.
            }
        }

        throw new AssertInconclusiveException("No Python with the package onnx is at hand.");
    }

    private static async Task<(int ExitCode, string Output)> Run(string program, string[] arguments)
    {
        using Process process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        string[] streams = await Task.WhenAll(process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        await process.WaitForExitAsync();
        return (process.ExitCode, string.Concat(streams));
    }
}
