using Dime.MLNet.Onnx.Protobuf;

namespace Dime.MLNet.Tests.Onnx;

[TestClass]
public sealed class OnnxGraphTests
{
    [TestMethod]
    public void Tensors_inputs_and_outputs_are_described_once()
    {
        // Without a type of its own, so that ONNX Runtime has to be asked.
        ModelProto model = TinyNetwork.Create();
        model.Graph.Output[0].Type = null;
        OnnxGraph graph = TinyNetwork.Load(model);

        (IReadOnlyList<OnnxTensorInfo> tensors, IReadOnlyList<OnnxTensorInfo> inputs, IReadOnlyList<OnnxTensorInfo> outputs) = (graph.Tensors, graph.Inputs, graph.Outputs);

        Assert.AreEqual("y: Add, Float [N, 2]", outputs.Single().ToString());
        Assert.AreSame(tensors, graph.Tensors);
        Assert.AreSame(inputs, graph.Inputs);
        Assert.AreSame(outputs, graph.Outputs);
    }

    [TestMethod]
    public void Weights_and_constants_are_not_listed()
    {
        ModelProto model = TinyNetwork.Create();
        model.Graph.Input.Add(TinyNetwork.Value("w", TinyNetwork.Float, 2, 2));
        NodeProto constant = TinyNetwork.Node("Constant", [], "c");
        constant.Attribute.Add(new AttributeProto { Name = "value", Type = AttributeProto.Types.AttributeType.Tensor, T = TinyNetwork.Tensor("", [2], 1, 2) });
        model.Graph.Node.Insert(0, constant);

        OnnxGraph graph = TinyNetwork.Load(model);

        CollectionAssert.AreEqual(new[] { "x" }, graph.Inputs.Select(tensor => tensor.Name).ToArray());
        CollectionAssert.AreEqual(new[] { "x", "product", "hidden", "y" }, graph.Tensors.Select(tensor => tensor.Name).ToArray());
    }

    [TestMethod]
    public void Optional_outputs_without_a_name_are_skipped()
    {
        ModelProto model = TinyNetwork.Create();
        model.Graph.Initializer.Add(new TensorProto { Name = "axes", DataType = TinyNetwork.Int64, Dims = { 1 }, Int64Data = { 0 } });
        model.Graph.Initializer.Add(TinyNetwork.Tensor("W", [1, 1, 2], 1, 2));
        model.Graph.Initializer.Add(TinyNetwork.Tensor("R", [1, 1, 1], 3));
        model.Graph.Node.Add(TinyNetwork.Node("Unsqueeze", ["hidden", "axes"], "sequence"));
        NodeProto recurrent = TinyNetwork.Node("RNN", ["sequence", "W", "R"], "", "last");
        recurrent.Attribute.Add(new AttributeProto { Name = "hidden_size", I = 1, Type = AttributeProto.Types.AttributeType.Int });
        model.Graph.Node.Add(recurrent);

        IReadOnlyList<OnnxTensorInfo> tensors = TinyNetwork.Load(model).Tensors;

        Assert.AreEqual("last: RNN, Float [1, N, 1]", tensors[^1].ToString());
        Assert.IsFalse(tensors.Any(tensor => tensor.Name.Length == 0));
    }

    [TestMethod]
    public void What_the_graph_states_is_believed_without_asking_the_runtime()
    {
        ModelProto model = TinyNetwork.Create();
        model.Graph.ValueInfo.Add(TinyNetwork.Value("product", TinyNetwork.Float, null, 2));
        model.Graph.ValueInfo.Add(TinyNetwork.Value("hidden", TinyNetwork.Float, null, 2));
        // ONNX Runtime does not load a model with an operator that it does not know.
        model.Graph.Node[1].OpType = "NoSuchOperator";

        OnnxGraph graph = TinyNetwork.Load(model);

        Assert.AreEqual("hidden: NoSuchOperator, Float [N, 2]", graph.Tensors[2].ToString());
        Assert.HasCount(2, graph.WithOutputs("hidden").Outputs);
    }

    [TestMethod]
    [DataRow(1, OnnxElementType.Float)]
    [DataRow(16, OnnxElementType.BFloat16)]
    [DataRow(26, OnnxElementType.Int2)]
    [DataRow(99, (OnnxElementType)99)]
    [DataRow(0, null)]
    public void Element_type_is_the_one_whose_number_the_graph_states(int number, OnnxElementType? elementType)
    {
        ModelProto model = TinyNetwork.Create();
        model.Graph.Input[0] = TinyNetwork.Value("x", number, null, 2);

        Assert.AreEqual(elementType, TinyNetwork.Load(model).Inputs[0].ElementType);
    }

    [TestMethod]
    public void Network_that_the_runtime_rejects_is_invalid_data()
    {
        ModelProto unknownOperator = TinyNetwork.Create();
        unknownOperator.Graph.Node[1].OpType = "NoSuchOperator";

        InvalidDataException exception = Assert.ThrowsExactly<InvalidDataException>(() => TinyNetwork.Load(unknownOperator).Tensors);

        StringAssert.Contains(exception.Message, "ONNX Runtime rejects the network", StringComparison.Ordinal);
    }

    [TestMethod]
    public void Tensor_that_is_an_output_already_and_repeated_names_add_nothing_twice()
    {
        OnnxGraph graph = TinyNetwork.Load(TinyNetwork.Create());

        OnnxGraph exposed = graph.WithOutputs("y", "hidden", "hidden").WithOutputs("hidden");

        CollectionAssert.AreEqual(new[] { "y", "hidden" }, exposed.Outputs.Select(output => output.Name).ToArray());
        CollectionAssert.AreEqual(graph.ToBytes(), graph.WithOutputs("y").ToBytes());
        CollectionAssert.AreEqual(graph.ToBytes(), graph.WithOutputs().ToBytes());
    }

    [TestMethod]
    public void Description_of_an_exposed_tensor_moves_whole()
    {
        ModelProto model = TinyNetwork.Create();
        ValueInfoProto described = TinyNetwork.Value("hidden", TinyNetwork.Float, null, 2);
        described.DocString = "what the second stage sees";
        model.Graph.ValueInfo.Add(described);

        GraphProto graph = TinyNetwork.Load(model).WithOutputs("hidden").CopyModel().Graph;

        Assert.AreEqual(described, graph.Output[1]);
        Assert.IsEmpty(graph.ValueInfo);
    }

    [TestMethod]
    public void Output_without_type_gets_one_too()
    {
        ModelProto model = TinyNetwork.Create();
        model.Graph.Output[0].Type = null;

        OnnxGraph exposed = TinyNetwork.Load(model).WithOutputs("hidden");

        Assert.AreEqual(TinyNetwork.Value("y", TinyNetwork.Float, null, 2), exposed.CopyModel().Graph.Output[0]);
    }

    [TestMethod]
    [DataRow("w", "weight")]
    [DataRow("x", "an input of the network")]
    [DataRow("", "null or empty")]
    [DataRow("Hiden", "Did you mean 'hidden'?")]
    [DataRow("nothing of the kind", "None of its 4 tensors")]
    public void Name_that_cannot_be_exposed_is_refused_with_the_reason(string name, string reason)
    {
        OnnxGraph graph = TinyNetwork.Load(TinyNetwork.Create());

        ArgumentException exception = Assert.ThrowsExactly<ArgumentException>(() => graph.WithOutputs("hidden", name));

        StringAssert.Contains(exception.Message, reason, StringComparison.Ordinal);
        Assert.AreEqual("names", exception.ParamName);
    }

    [TestMethod]
    public void Tensor_of_unknown_rank_is_listed_without_shape_and_not_exposed()
    {
        ModelProto model = TinyNetwork.Create();
        model.Graph.Input.Add(TinyNetwork.Value("target", TinyNetwork.Int64, [null]));
        model.Graph.Node.Add(TinyNetwork.Node("Reshape", ["hidden", "target"], "reshaped"));
        OnnxGraph graph = TinyNetwork.Load(model);

        OnnxTensorInfo tensor = graph.Tensors.Single(tensor => tensor.Name == "reshaped");
        ArgumentException exception = Assert.ThrowsExactly<ArgumentException>(() => graph.WithOutputs("reshaped"));

        Assert.IsNull(tensor.Shape);
        StringAssert.Contains(exception.Message, "knows its shape", StringComparison.Ordinal);
    }

    [TestMethod]
    public void Dimension_that_depends_on_the_data_stays_unknown_when_exposed()
    {
        ModelProto model = TinyNetwork.Create();
        model.Graph.Node.Add(TinyNetwork.Node("NonZero", ["hidden"], "where"));

        OnnxTensorInfo exposed = TinyNetwork.Load(model).WithOutputs("where").Outputs[1];

        Assert.AreEqual("where: NonZero, Int64 [2, ?]", exposed.ToString());
        Assert.AreEqual(new OnnxDimension(2, null), exposed.Shape![0]);
        Assert.IsFalse(exposed.Shape[1].IsFixed);
    }

    [TestMethod]
    public void Sequence_is_listed_without_element_type_and_not_exposed()
    {
        ModelProto model = TinyNetwork.Create();
        model.Graph.Node.Add(TinyNetwork.Node("SequenceConstruct", ["hidden"], "sequence"));
        OnnxGraph graph = TinyNetwork.Load(model);

        Assert.IsNull(graph.Tensors[^1].ElementType);
        Assert.ThrowsExactly<ArgumentException>(() => graph.WithOutputs("sequence"));
    }
}
