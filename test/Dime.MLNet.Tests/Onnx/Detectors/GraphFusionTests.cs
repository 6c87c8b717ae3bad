using Dime.MLNet.Onnx.Features;
using Dime.MLNet.Onnx.Graph;
using Dime.MLNet.Onnx.Protobuf;
using Dime.MLNet.Tests.Modelling;

namespace Dime.MLNet.Tests.Onnx.Detectors;

[TestClass]
public sealed class GraphFusionTests
{
    private static readonly float[] _rows = Embeddings.Gaussian(9, 2, 5);

    /// <summary>From the oldest that a detector can be in.</summary>
    public static IEnumerable<int> Opsets => [9, 10, 11, 12, 13, 17, 18, 21, 22];

    [TestMethod]
    public void Everything_in_the_network_stays_as_it_is()
    {
        ModelProto network = TinyNetwork.Create();
        network.OpsetImport.Add(new OperatorSetIdProto { Domain = "com.example", Version = 3 });
        network.MetadataProps.Add(new StringStringEntryProto { Key = "author", Value = "someone" });
        network.Graph.ValueInfo.Add(TinyNetwork.Value("product", TinyNetwork.Float, null, 2));

        ModelProto fused = TinyNetwork.Load(network).Fuse(Model().ToOnnx(), "hidden").CopyModel();

        Assert.AreEqual("y distance probability is_out_of_distribution", string.Join(" ", fused.Graph.Output.Select(output => output.Name)));
        StartsWith(network.Graph.Node, fused.Graph.Node);
        StartsWith(network.Graph.Output, fused.Graph.Output);
        StartsWith(network.Graph.Initializer, fused.Graph.Initializer);
        StartsWith(network.Graph.Input, fused.Graph.Input);
        Assert.AreEqual("outlier_threshold", fused.Graph.Input[1].Name);
        fused.Graph.Input.RemoveAt(1);
        StartsWith(network.MetadataProps, fused.MetadataProps);
        fused.MetadataProps.RemoveAt(1);
        fused.Graph.Node.Clear();
        fused.Graph.Node.Add(network.Graph.Node);
        fused.Graph.Output.Clear();
        fused.Graph.Output.Add(network.Graph.Output);
        fused.Graph.Initializer.Clear();
        fused.Graph.Initializer.Add(network.Graph.Initializer);
        Assert.AreEqual(network, fused);

        static void StartsWith<T>(IEnumerable<T> before, IEnumerable<T> after) =>
            CollectionAssert.AreEqual(before.ToList(), after.Take(before.Count()).ToList());
    }

    [TestMethod]
    public void Fused_network_measures_the_tensor_and_gives_its_own_output_unchanged()
    {
        ModelledEmbedding model = Model();
        OnnxGraph network = TinyNetwork.Load(TinyNetwork.Create());

        OnnxGraph fused = network.Fuse(model.ToOnnx(0.8, includeWithin: true), "product");

        var run = DetectorRun.Of(fused, _rows, 2);
        float[] product = DetectorRun.Of(network.WithOutputs("product"), _rows, 2)["product"];
        CollectionAssert.AreEqual(DetectorRun.Of(network, _rows, 2)["y"], run["y"]);
        DetectorAssert.Agrees(model, product, run, fused.Detectors.Single());
        DetectorAssert.AgreesWithin(model, product, run, fused.Detectors.Single());
        Assert.HasCount(1, network.Outputs);
    }

    [TestMethod]
    public void Taken_names_give_way_without_being_touched()
    {
        ModelProto network = TinyNetwork.Create();
        network.Graph.Node.Add(TinyNetwork.Node("Neg", ["y"], "distance"));
        network.Graph.Node.Add(TinyNetwork.Node("Abs", ["y"], "dime/scores"));
        network.Graph.Output.Add(TinyNetwork.Value("distance", TinyNetwork.Float, null, 2));
        network.Graph.Initializer.Add(TinyNetwork.Tensor("dime/basis", [1], 7));
        ModelledEmbedding model = Model();

        OnnxGraph fused = TinyNetwork.Load(network).Fuse(model.ToOnnx(), "y");

        var run = DetectorRun.Of(fused, _rows, 2);
        Assert.AreEqual("distance_1", fused.Detectors.Single().DistanceOutput);
        CollectionAssert.AreEqual(run["y"].Select(value => -value).ToArray(), run["distance"]);
        DetectorAssert.Agrees(model, run["y"], run, fused.Detectors.Single());
    }

    [TestMethod]
    public void Names_in_branches_are_not_given_out()
    {
        ModelProto network = TinyNetwork.Create();
        network.Graph.Node[0].Attribute.Add(new AttributeProto
        {
            Name = "body",
            G = new GraphProto { Node = { TinyNetwork.Node("Neg", ["x"], "probability") } },
        });

        Assert.AreEqual("probability_1", new UniqueNames(network).Take("probability"));
    }

    [TestMethod]
    public void Several_detectors_live_in_one_file()
    {
        (ModelledEmbedding first, ModelledEmbedding second) = (Model(1), Model(2));
        OnnxGraph network = TinyNetwork.Load(TinyNetwork.Create());

        OnnxGraph fused = network.Fuse(first.ToOnnx(), "product", "early").Fuse(second.ToOnnx(0.5), "y", "late").Fuse(first.ToOnnx(), "y").Fuse(first.ToOnnx(), "y", "late");

        var run = DetectorRun.Of(fused, _rows, 2);
        CollectionAssert.AreEqual(new[] { "early", "late", "dime", "late_1" }, fused.Detectors.Select(detector => detector.Name).ToArray());
        CollectionAssert.AreEqual(
            new[] { "early_distance", "late_distance", "distance", "late_distance_1" }, fused.Detectors.Select(detector => detector.DistanceOutput).ToArray());
        DetectorAssert.Agrees(first, DetectorRun.Of(network.WithOutputs("product"), _rows, 2)["product"], run, fused.Detectors[0]);
        DetectorAssert.Agrees(second, run["y"], run, fused.Detectors[1]);
        DetectorAssert.Agrees(first, run["y"], run, fused.Detectors[2]);
        DetectorAssert.Agrees(first, run["y"], run, fused.Detectors[3]);
    }

    [TestMethod]
    [DynamicData(nameof(Opsets))]
    public void Networks_of_all_opsets_run(int opset)
    {
        ModelProto network = OfOpset(FeatureMaps(1, null, 2, 3, 4), opset);
        ModelledEmbedding model = Model();

        AssertPooled(network, 2, 3, 4);

        OnnxGraph fused = TinyNetwork.Load(OfOpset(TinyNetwork.Create(), opset)).Fuse(model.ToOnnx(0.8, includeWithin: true), "y");
        var run = DetectorRun.Of(fused, _rows, 2);
        DetectorAssert.Agrees(model, run["y"], run, fused.Detectors.Single());
        DetectorAssert.AgreesWithin(model, run["y"], run, fused.Detectors.Single());
    }

    [TestMethod]
    [DataRow(9, new[] { 2, 3, 4 })]
    [DataRow(11, new[] { 2, 5 })]
    [DataRow(21, new[] { 2, 2, 3 })]
    public void Maps_are_flattened_where_the_detector_was_fitted_to_whole_ones(int opset, int[] shape)
    {
        int size = shape.Aggregate(1, (product, length) => product * length);
        ModelledEmbedding model = ModelledEmbedding.Fit(Embeddings.Gaussian(6, size, 1), size, rank: 2).Calibrate(Embeddings.Gaussian(40, size, 2), 20);
        float[] maps = Embeddings.Gaussian(7, size, 8);

        OnnxGraph fused = TinyNetwork.Load(OfOpset(FeatureMaps(1, null, shape), opset)).Fuse(model.ToOnnx(), "negated");

        var run = DetectorRun.Of(fused, maps, [.. shape.Select(length => (long)length)]);
        DetectorAssert.Agrees(model, [.. maps.Select(value => -value)], run, fused.Detectors.Single());
    }

    [TestMethod]
    public void Sequences_of_positions_are_pooled_too() => AssertPooled(FeatureMaps(1, null, 2, 5), 2, 5);

    [TestMethod]
    public void Fixed_batch_stays_fixed()
    {
        OnnxGraph fused = AssertPooled(FeatureMaps(1, 3, 2, 4, 4), 2, 4, 4);

        foreach (OnnxTensorInfo output in fused.Outputs)
        {
            Assert.AreEqual(3, output.Shape![0].Size, output.Name);
        }
    }

    [TestMethod]
    [DataRow(10, DisplayName = "half")]
    [DataRow(11, DisplayName = "double")]
    [DataRow(16, DisplayName = "bfloat16")]
    public void Tensors_of_other_precision_are_converted(int elementType)
    {
        ModelProto network = TinyNetwork.Create();
        network.Graph.Node.Add(Cast("y", "converted", elementType));
        ModelledEmbedding model = Model();

        OnnxGraph fused = TinyNetwork.Load(network).Fuse(model.ToOnnx(), "converted");

        // Whole numbers, which all of these types hold exactly.
        var run = DetectorRun.Of(fused, [1, 2, -3, 4, 5, -6], 2);
        DetectorAssert.Agrees(model, run["y"], run, fused.Detectors.Single());
    }

    [TestMethod]
    public void Inputs_can_be_monitored()
    {
        ModelledEmbedding model = Model();
        OnnxGraph fused = TinyNetwork.Load(TinyNetwork.Create()).Fuse(model.ToOnnx(), "x");

        DetectorAssert.Agrees(model, _rows, DetectorRun.Of(fused, _rows, 2), fused.Detectors.Single());
    }

    [TestMethod]
    [DataRow(7)]
    [DataRow(8)]
    public void Older_opsets_are_refused_with_the_remedy(int opset)
    {
        ModelProto network = TinyNetwork.Create();
        network.OpsetImport[0].Version = opset;

        NotSupportedException exception = Assert.ThrowsExactly<NotSupportedException>(() => TinyNetwork.Load(network).Fuse(Model().ToOnnx(), "y"));

        StringAssert.Contains(exception.Message, $"version {opset} of the standard operators; a detector needs 9", StringComparison.Ordinal);
    }

    [TestMethod]
    public void Format_that_wants_weights_among_the_inputs_is_raised_and_keeps_them_there()
    {
        OldNetwork(out ModelProto network, out string[] weights);
        ModelledEmbedding model = Model();

        OnnxGraph fused = TinyNetwork.Load(network).Fuse(model.ToOnnx(), "y");

        ModelProto written = ModelProto.Parser.ParseFrom(fused.ToBytes());
        Assert.AreEqual(4, written.IrVersion);
        CollectionAssert.IsSubsetOf(weights, written.Graph.Input.Select(input => input.Name).ToArray());
        var run = DetectorRun.Of(fused, _rows, 2);
        DetectorAssert.Agrees(model, run["y"], run, fused.Detectors.Single());

        static void OldNetwork(out ModelProto network, out string[] weights)
        {
            network = TinyNetwork.Create();
            network.IrVersion = 3;
            network.OpsetImport[0].Version = 9;
            network.Graph.Input.Add(network.Graph.Initializer.Select(weight => TinyNetwork.Value(weight.Name, weight.DataType, [.. weight.Dims.Select(size => (int?)size)])));
            weights = [.. network.Graph.Initializer.Select(weight => weight.Name)];
        }
    }

    [TestMethod]
    [DataRow(TokenPooling.Mean)]
    [DataRow(TokenPooling.First)]
    public void Tokens_are_pooled_as_the_training_embeddings_were(TokenPooling pooling)
    {
        // As many tokens as values, so that nothing but the option tells them apart.
        const int Tokens = 3, Width = 3;
        ModelProto network = TinyNetwork.Create();
        network.Graph.Input[0] = TinyNetwork.Value("x", TinyNetwork.Float, null, Tokens, Width);
        network.Graph.Initializer.Clear();
        network.Graph.Output.Clear();
        network.Graph.Output.Add(TinyNetwork.Value("y", TinyNetwork.Float, null, Tokens, Width));
        network.Graph.Node.Clear();
        network.Graph.Node.Add(TinyNetwork.Node("Relu", ["x"], "y"));
        float[] rows = [.. Embeddings.Features(40, Tokens * Width, 5).Select(Math.Abs)];
        float[] pooled = [.. rows.Chunk(Tokens * Width).SelectMany(row => Enumerable.Range(0, Width).Select(c =>
            pooling == TokenPooling.First ? row[c] : (float)Enumerable.Range(0, Tokens).Average(t => (double)row[(t * Width) + c])))];
        ModelledEmbedding model = ModelledEmbedding.Fit(pooled, Width, rank: 2).Calibrate(pooled, 20);

        OnnxGraph fused = TinyNetwork.Load(network).Fuse(model.ToOnnx(), ["y"], tokenPooling: pooling);

        DetectorAssert.Agrees(model, pooled, DetectorRun.Of(fused, rows, Tokens, Width), fused.Detectors.Single());
    }

    [TestMethod]
    [DataRow(4)]
    [DataRow(3)]
    public void Tokens_are_not_taken_for_maps_in_silence(int tokens)
    {
        const int Width = 3;
        ModelProto network = TinyNetwork.Create();
        network.Graph.Input[0] = TinyNetwork.Value("x", TinyNetwork.Float, null, tokens, Width);
        network.Graph.Initializer.Clear();
        network.Graph.Initializer.Add(TinyNetwork.Tensor("w", [Width, Width], 1, 2, 3, 4, 5, 6, 7, 8, 9));
        network.Graph.Node.Clear();
        network.Graph.Node.Add(TinyNetwork.Node("MatMul", ["x", "w"], "y"));
        network.Graph.Output[0] = TinyNetwork.Value("y", TinyNetwork.Float, null, tokens, Width);
        OnnxGraph graph = TinyNetwork.Load(network);
        OnnxGraph detector = ModelledEmbedding.Fit(Embeddings.Features(40, Width, 5), Width, rank: 2).ToOnnx();

        ArgumentException error = Assert.ThrowsExactly<ArgumentException>(() => graph.Fuse(detector, ["y"]));

        Assert.Contains("with tokenPooling", error.Message);
        Assert.AreEqual("tensorNames", error.ParamName);
        Assert.AreEqual("tensorName", Assert.ThrowsExactly<ArgumentException>(() => graph.Fuse(detector, "y")).ParamName);
        Assert.HasCount(1, graph.Fuse(detector, ["y"], tokenPooling: TokenPooling.Mean).Detectors);
        if (tokens == Width)
        {
            // Whoever fitted the detector to means over the values may say so.
            Assert.HasCount(1, graph.Fuse(detector, ["y"], tokenPooling: TokenPooling.None).Detectors);
        }
    }

    [TestMethod]
    public void Pooling_of_tokens_that_no_tensor_has_is_refused()
    {
        ArgumentException error = Assert.ThrowsExactly<ArgumentException>(
            () => TinyNetwork.Load(TinyNetwork.Create()).Fuse(Model().ToOnnx(), ["y"], tokenPooling: TokenPooling.Mean));

        Assert.AreEqual("tokenPooling", error.ParamName);
    }

    [TestMethod]
    [DataRow("hiden", "Did you mean 'hidden'?")]
    [DataRow("w", "no tensor 'w'")]
    [DataRow("integers", "is of Int64")]
    [DataRow("flat", "has 1 dimensions")]
    [DataRow("wide", "embeddings of 4 values; the detector was fitted to embeddings of 2")]
    public void Tensor_that_is_no_such_embedding_is_refused(string tensorName, string reason)
    {
        ModelProto network = TinyNetwork.Create();
        network.Graph.Node.Add(Cast("y", "integers", TinyNetwork.Int64));
        NodeProto flat = TinyNetwork.Node("Reshape", ["y", "shape"], "flat");
        network.Graph.Initializer.Add(new TensorProto { Name = "shape", DataType = TinyNetwork.Int64, Dims = { 1 }, Int64Data = { -1 } });
        network.Graph.Node.Add(flat);
        NodeProto wide = TinyNetwork.Node("Concat", ["y", "y"], "wide");
        wide.Attribute.Add(GraphBuilder.Attribute("axis", 1L));
        network.Graph.Node.Add(wide);

        ArgumentException exception = Assert.ThrowsExactly<ArgumentException>(() => TinyNetwork.Load(network).Fuse(Model().ToOnnx(), tensorName));

        StringAssert.Contains(exception.Message, reason, StringComparison.Ordinal);
        Assert.AreEqual("tensorName", exception.ParamName);
    }

    [TestMethod]
    public void Detector_must_be_one_detector()
    {
        OnnxGraph network = TinyNetwork.Load(TinyNetwork.Create());
        OnnxGraph two = network.Fuse(Model().ToOnnx(), "y").Fuse(Model().ToOnnx(), "y");

        Assert.ThrowsExactly<ArgumentException>(() => network.Fuse(network, "y"));
        Assert.ThrowsExactly<ArgumentException>(() => network.Fuse(two, "y"));
        Assert.ThrowsExactly<ArgumentNullException>(() => network.Fuse(null!, "y"));
        Assert.ThrowsExactly<ArgumentException>(() => network.Fuse(Model().ToOnnx(), ""));
        Assert.ThrowsExactly<ArgumentException>(() => network.Fuse(Model().ToOnnx(), "y", " "));
    }

    [TestMethod]
    public void Part_of_a_fused_network_has_no_detectors()
    {
        OnnxGraph fused = TinyNetwork.Load(TinyNetwork.Create()).Fuse(Model().ToOnnx(), "y");

        OnnxFeatureModel part = fused.Part(["hidden"]);

        Assert.IsEmpty(OnnxGraph.Load(new MemoryStream(part.Bytes)).Detectors);
    }

    /// <summary>The network in a version of the operators, and in the version of the format that came with it.</summary>
    internal static ModelProto OfOpset(ModelProto network, int opset)
    {
        network.OpsetImport[0].Version = opset;
        network.IrVersion = opset switch
        {
            9 => 4,
            10 => 5,
            11 => 6,
            <= 13 => 7,
            <= 20 => 8,
            _ => 10,
        };
        return network;
    }

    // The network negates its feature maps; what the detector sees is averaged here by hand.
    private static OnnxGraph AssertPooled(ModelProto network, params int[] shape)
    {
        ModelledEmbedding model = Model();
        int positions = shape[1..].Aggregate(1, (product, size) => product * size);
        float[] maps = Embeddings.Gaussian(3, 2 * positions, 8);
        float[] means = [.. maps.Chunk(positions).Select(map => -map.Average())];

        OnnxGraph fused = TinyNetwork.Load(network).Fuse(model.ToOnnx(), "negated");

        var run = DetectorRun.Of(fused, maps, [.. shape.Select(size => (long)size)]);
        DetectorAssert.Agrees(model, means, run, fused.Detectors.Single());
        CollectionAssert.AreEqual(maps.Select(value => -value).ToArray(), run["negated"]);
        return fused;
    }

    private static ModelProto FeatureMaps(int elementType, int? batch, params int[] shape)
    {
        int?[] dimensions = [batch, .. shape];
        ModelProto network = TinyNetwork.Create();
        network.Graph = new GraphProto
        {
            Name = "maps",
            Input = { TinyNetwork.Value("maps", elementType, dimensions) },
            Output = { TinyNetwork.Value("negated", elementType, dimensions) },
            Node = { TinyNetwork.Node("Neg", ["maps"], "negated") },
        };
        return network;
    }

    private static NodeProto Cast(string from, string to, int elementType)
    {
        NodeProto node = TinyNetwork.Node("Cast", [from], to);
        node.Attribute.Add(GraphBuilder.Attribute("to", elementType));
        return node;
    }

    private static ModelledEmbedding Model(int seed = 1) =>
        ModelledEmbedding.Fit(Embeddings.Gaussian(50, 2, seed), 2, rank: 1).Calibrate(Embeddings.Gaussian(40, 2, seed + 10), 20);
}
