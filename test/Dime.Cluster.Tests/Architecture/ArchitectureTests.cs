using ArchUnitNET.Domain;
using ArchUnitNET.Loader;
using Dime.Cluster.Tool.Commands;

namespace Dime.Cluster.Tests.Architecture;

/// <summary>Arrows point down only, as CONTRIBUTING.md has them.</summary>
[TestClass]
public sealed class ArchitectureTests
{
    // Namespaces are folders: each with those that it may use. What both sides speak of is in the library's own folder.
    private static readonly Dictionary<string, string[]> _rooms = new()
    {
        ["Dime.Cluster.Coordination"] = ["Dime.Cluster.Grains", "Dime.Cluster.Parts"],
        ["Dime.Cluster.Grains"] = ["Dime.Cluster.Parts"],
        ["Dime.Cluster.Parts"] = [],
        ["Dime.Cluster.Tool.Commands"] = ["Dime.Cluster.Tool.Hosting", "Dime.Cluster.Tool.Shards"],
        ["Dime.Cluster.Tool.Hosting"] = [],
        ["Dime.Cluster.Tool.Shards"] = [],
    };

    private static readonly ArchUnitNET.Domain.Architecture _assemblies =
        new ArchLoader().LoadAssemblies(typeof(ShardCoordinator).Assembly, typeof(ClusterCommandLine).Assembly).Build();

    private static IEnumerable<string> Rooms => _rooms.Keys;

    [TestMethod]
    [DynamicData(nameof(Rooms))]
    public void Rooms_use_only_what_they_may(string room)
    {
        (string From, string To, string Description)[] uses = [.. Uses().Where(use => use.From == room)];
        string[] wrong = [.. uses.Where(use => _rooms.ContainsKey(use.To) && !_rooms[room].Contains(use.To)).Select(use => use.Description).Distinct().Order()];

        Assert.IsEmpty(wrong, $"'{room}' uses what stands beside or above it:\n{string.Join('\n', wrong)}");
    }

    [TestMethod]
    public void Nothing_below_uses_the_face()
    {
        string[] face = [typeof(ShardCoordinator).FullName!, typeof(DimeSiloBuilderExtensions).FullName!];
        string[] wrong = [.. Uses().Where(use => _rooms.ContainsKey(use.From) && !use.From.StartsWith("Dime.Cluster.Tool", StringComparison.Ordinal)
            && face.Any(type => use.Description.EndsWith($" uses {type}", StringComparison.Ordinal))).Select(use => use.Description)];

        Assert.IsEmpty(wrong, string.Join('\n', wrong));
    }

    // A library is for hosts of any kind: stores and the command line are the tool's.
    [TestMethod]
    public void Library_knows_no_store_and_no_command_line()
    {
        string[] wrong =
        [
            .. typeof(ShardCoordinator).Assembly.GetReferencedAssemblies().Select(assembly => assembly.Name!)
                .Where(name => name is "dime" or "Npgsql" or "Dime.Server" || name.Contains("Redis", StringComparison.Ordinal) || name.StartsWith("Orleans.Clustering", StringComparison.Ordinal)),
        ];

        Assert.IsEmpty(wrong, string.Join('\n', wrong));
    }

    // A test that sees no uses would find none that is wrong.
    [TestMethod]
    [DataRow("Dime.Cluster.Coordination", "Dime.Cluster.Grains", "ShardDispatch uses Dime.Cluster.Grains.IShardGrain")]
    [DataRow("Dime.Cluster.Grains", "Dime.Cluster.Parts", "ShardWork uses Dime.Cluster.Parts.PartFile")]
    [DataRow("Dime.Cluster.Tool.Commands", "Dime.Cluster.Tool.Hosting", "FitCommand uses Dime.Cluster.Tool.Hosting.ClusterHost")]
    public void Uses_are_seen(string from, string to, string description) =>
        Assert.Contains(use => use.From == from && use.To == to && use.Description.Contains(description, StringComparison.Ordinal), Uses());

    private static IEnumerable<(string From, string To, string Description)> Uses() =>
        from type in _assemblies.Types
        where !type.Name.StartsWith("Codec_", StringComparison.Ordinal)
        from dependency in type.Dependencies
        where dependency.Target is not GenericParameter && dependency.Target.Namespace.FullName != type.Namespace.FullName
        select (type.Namespace.FullName, dependency.Target.Namespace.FullName, $"{type.FullName} uses {dependency.Target.FullName}");
}
