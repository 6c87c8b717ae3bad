using Dime.Cluster.Tool.Commands;
using Dime.Tool.Tests.Architecture;

namespace Dime.Cluster.Tests.Architecture;

/// <summary>Arrows point down only, as CONTRIBUTING.md has them, whether in a signature, a body, a lambda or a type argument.</summary>
[TestClass]
public sealed class ArchitectureTests
{
    private const string Face = "";

    // Namespaces are folders: each with those that it may use. What both sides speak of is in the face, and what Orleans generates in a namespace of its own.
    private static readonly Rooms _library = new(typeof(ShardCoordinator).Assembly, "Dime.Cluster", new Dictionary<string, string[]>
    {
        [Face] = ["Coordination", "Grains", "Parts"],
        ["Coordination"] = ["Grains", "Parts", Face],
        ["Grains"] = ["Parts", Face],
        ["Parts"] = [Face],
    });

    private static readonly Rooms _tool = new(typeof(ClusterCommandLine).Assembly, "Dime.Cluster.Tool", new Dictionary<string, string[]>
    {
        ["Commands"] = ["Hosting", "Shards"],
        ["Hosting"] = [],
        ["Shards"] = [],
    });

    private static IEnumerable<string> LibraryRooms => _library.Names;

    private static IEnumerable<string> ToolRooms => _tool.Names;

    [TestMethod]
    public void Every_type_is_in_a_room()
    {
        string[] others = [.. _library.Others(), .. _tool.Others()];

        Assert.IsEmpty(others, string.Join('\n', others));
    }

    [TestMethod]
    [DynamicData(nameof(LibraryRooms))]
    public void Rooms_of_the_library_use_only_what_they_may(string room) => AssertUses(_library, room);

    [TestMethod]
    [DynamicData(nameof(ToolRooms))]
    public void Rooms_of_the_tool_use_only_what_they_may(string room) => AssertUses(_tool, room);

    [TestMethod]
    public void Nothing_below_uses_the_coordinator()
    {
        string[] wrong = [.. _library.Uses().Select(use => use.Description).Where(use => use.EndsWith($" uses {typeof(ShardCoordinator).FullName}", StringComparison.Ordinal))];

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
    [DataRow(Face, "Coordination", "ShardCoordinator uses Dime.Cluster.Coordination.ShardDispatch")]
    [DataRow("Coordination", "Grains", "ShardDispatch uses Dime.Cluster.Grains.IShardGrain")]
    [DataRow("Grains", "Parts", "ShardWork uses Dime.Cluster.Parts.PartFile")]
    public void Uses_in_the_library_are_seen(string from, string to, string description) => AssertSeen(_library, from, to, description);

    [TestMethod]
    [DataRow("Commands", "Hosting", "FitCommand uses Dime.Cluster.Tool.Hosting.ClusterHost")]
    [DataRow("Commands", "Shards", "FitCommand uses Dime.Cluster.Tool.Shards.ShardSettings")]
    public void Uses_in_the_tool_are_seen(string from, string to, string description) => AssertSeen(_tool, from, to, description);

    private static void AssertUses(Rooms rooms, string room)
    {
        string[] wrong = rooms.WrongUsesOf(room);

        Assert.IsEmpty(wrong, $"'{room}' uses what stands beside or above it:\n{string.Join('\n', wrong)}");
    }

    private static void AssertSeen(Rooms rooms, string from, string to, string description) =>
        Assert.Contains(use => use.From == from && use.To == to && use.Description.Contains(description, StringComparison.Ordinal), rooms.Uses());
}
