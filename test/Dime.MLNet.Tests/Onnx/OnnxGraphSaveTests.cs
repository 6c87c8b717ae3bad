using Dime.MLNet.Onnx.Protobuf;
using Google.Protobuf;

namespace Dime.MLNet.Tests.Onnx;

[TestClass]
public sealed class OnnxGraphSaveTests
{
    private readonly string _folder = Directory.CreateTempSubdirectory("dime").FullName;

    [TestCleanup]
    public void DeleteFolder() => Directory.Delete(_folder, recursive: true);

    [TestMethod]
    public void Everything_in_the_file_survives_also_what_the_schema_does_not_know()
    {
        ModelProto model = TinyNetwork.Create();
        model.DocString = "";
        model.ModelVersion = 0;
        model.MetadataProps.Add(new StringStringEntryProto { Key = "licence", Value = "MIT" });
        model.OpsetImport.Add(new OperatorSetIdProto { Domain = "com.example", Version = 3 });
        model.Functions.Add(new FunctionProto { Name = "twice", Domain = "com.example", Input = { "a" }, Output = { "b" } });
        NodeProto node = model.Graph.Node[0];
        node.Attribute.Add(new AttributeProto { Name = "later", I = 0, Type = (AttributeProto.Types.AttributeType)99 });
        // Field 900 with the varint 5, as a later version of the format might add it to the model and to an operator.
        byte[] unknown = [0xA0, 0x38, 0x05];
        node.MergeFrom(unknown);
        byte[] bytes = [.. model.ToByteArray(), .. unknown];

        CollectionAssert.AreEqual(bytes, OnnxGraph.Load(new MemoryStream(bytes)).ToBytes());
    }

    [TestMethod]
    public void Saved_file_loads_again_and_replaces_an_older_one()
    {
        string path = Path.Combine(_folder, "model.onnx");
        File.WriteAllText(path, "an older file");
        OnnxGraph graph = TinyNetwork.Load(TinyNetwork.Create());

        graph.Save(path);

        CollectionAssert.AreEqual(graph.ToBytes(), OnnxGraph.Load(path).ToBytes());
        CollectionAssert.AreEqual(new[] { path }, Directory.GetFiles(_folder));
    }

    [TestMethod]
    public void Failed_save_leaves_nothing_behind()
    {
        string path = Path.Combine(_folder, "taken");
        Directory.CreateDirectory(path);

        Assert.Throws<Exception>(() => TinyNetwork.Load(TinyNetwork.Create()).Save(path));

        Assert.IsEmpty(Directory.GetFiles(_folder));
    }

    [TestMethod]
    public void Streams_stay_open_and_are_read_from_where_they_stand()
    {
        OnnxGraph graph = TinyNetwork.Load(TinyNetwork.Create());
        using var stream = new MemoryStream();
        stream.WriteByte(42);
        graph.Save(stream);
        stream.Position = 1;

        CollectionAssert.AreEqual(graph.ToBytes(), OnnxGraph.Load(stream).ToBytes());
        Assert.IsTrue(stream.CanRead);
    }
}
