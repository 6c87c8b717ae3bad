using ArchUnitNET.Domain;
using ArchUnitNET.Loader;

namespace Dime.MLNet.Tests.Architecture;

/// <summary>Arrows point down only, as CONTRIBUTING.md has them, whether in a signature, a body, a lambda or a type argument.</summary>
[TestClass]
public sealed class ArchitectureTests
{
    private static readonly System.Reflection.Assembly _library = typeof(DimeTransformer).Assembly;

    private static SourceFolders Folders { get; } = new(_library);

    private static ArchUnitNET.Domain.Architecture Library { get; } = new ArchLoader().LoadAssemblies(_library).Build();

    private static IEnumerable<string> RoomFolders => Room.All.Select(room => room.Folder);

    [TestMethod]
    public void Every_folder_is_a_room_and_every_type_in_one()
    {
        CollectionAssert.AreEquivalent(RoomFolders.ToArray(), Folders.All.Values.Distinct().ToArray());
        IEnumerable<string> types =
            from type in _library.GetTypes()
            where !type.IsNested && type.Namespace is { } space && (space.StartsWith("Dime.MLNet", StringComparison.Ordinal) || space == "Microsoft.ML")
            select type.FullName;
        CollectionAssert.IsSubsetOf(types.ToArray(), Folders.All.Keys.ToArray());
    }

    [TestMethod]
    [DynamicData(nameof(RoomFolders))]
    public void Rooms_use_only_what_they_may(string folder)
    {
        string[] mayUse = [folder, .. Room.All.Single(room => room.Folder == folder).MayUse];
        string[] wrong = [.. Uses().Where(use => use.From == folder && !mayUse.Contains(use.To)).Select(use => use.Description).Distinct().Order()];

        Assert.IsEmpty(wrong, $"'{folder}' uses what stands beside or above it:\n{string.Join('\n', wrong)}");
    }

    // A test that sees no uses would find none that is wrong.
    [TestMethod]
    [DataRow("", "Detection/Training", "DimeEstimator uses Dime.MLNet.Detection.Training.DetectorTrainer")]
    [DataRow("", "Onnx", "OnnxDetectorExtensions uses Dime.MLNet.OnnxGraph")]
    [DataRow("Detection", "Modelling", "EmbeddingBlock uses Dime.MLNet.Modelling.IDetectorModel")]
    [DataRow("Pooling", "Mapping", "PoolingRowMapper uses Dime.MLNet.Mapping.ColumnReader")]
    [DataRow("Onnx/Features", "Onnx/Graph", "FeatureSession uses Dime.MLNet.Onnx.Graph.NativeRuntime")]
    [DataRow("Numerics", "Numerics/Simd", "Projection uses Dime.MLNet.Numerics.Simd.TileKernel")]
    public void Uses_are_seen(string from, string to, string description) =>
        Assert.Contains(use => use.From == from && use.To == to && use.Description.Contains(description), Uses());

    [TestMethod]
    [DataRow("Modelling")]
    [DataRow("Modelling/Covariances")]
    [DataRow("Modelling/Ensembles")]
    [DataRow("Numerics")]
    [DataRow("Numerics/Simd")]
    [DataRow("Numerics/Eigen")]
    [DataRow("Serialization")]
    public void Method_and_kernels_know_nothing_of_MLNet(string folder)
    {
        string[] wrong =
        [
            .. from type in Library.Types
               where Folders.Find(type.FullName) == folder
               from dependency in type.Dependencies
               where dependency.Target.FullName.StartsWith("Microsoft.ML.", StringComparison.Ordinal)
               select $"{type.FullName} uses {dependency.Target.FullName}",
        ];

        Assert.IsEmpty(wrong, string.Join('\n', wrong));
    }

    [TestMethod]
    public void Namespaces_follow_folders()
    {
        foreach ((string name, string folder) in Folders.All)
        {
            System.Type type = _library.GetType(name, throwOnError: true)!;
            string expected = folder.Length == 0 ? "Dime.MLNet" : $"Dime.MLNet.{folder.Replace('/', '.')}";

            // The runtime knows that attribute by its full name.
            if (type.IsPublic)
            {
                Assert.IsTrue(type.Namespace is "Dime.MLNet" or "Microsoft.ML", $"{name} is public");
            }
            else if (name != "System.Runtime.CompilerServices.IgnoresAccessChecksToAttribute")
            {
                Assert.AreEqual(expected, type.Namespace, name);
            }
        }
    }

    /// <summary>All uses between folders of the library. Type parameters are none: those of one name are taken for each other, whatever type declares them.</summary>
    private static IEnumerable<(string From, string To, string Description)> Uses() =>
        from type in Library.Types
        let @from = Folders.Find(type.FullName)
        where @from is not null
        from dependency in type.Dependencies
        where dependency.Target is not GenericParameter
        let to = Folders.Find(dependency.Target.FullName)
        where to is not null && to != @from
        select (@from, to, $"{type.FullName} uses {dependency.Target.FullName}");
}
