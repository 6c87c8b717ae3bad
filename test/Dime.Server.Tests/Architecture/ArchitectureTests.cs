using ArchUnitNET.Domain;
using ArchUnitNET.Loader;
using Dime.Server.Errors;

namespace Dime.Server.Tests.Architecture;

/// <summary>Arrows point down only, as CONTRIBUTING.md has them, whether in a signature, a body, a lambda or a type argument.</summary>
[TestClass]
public sealed class ArchitectureTests
{
    private const string Root = "Dime.Server";
    private const string Face = "";

    // Namespaces are folders: each with those that it may use. All may use the options.
    private static readonly Dictionary<string, string[]> _rooms = new()
    {
        ["Endpoints"] = ["Live", "History", "Scoring", "Models", "Images", "Errors", Face],
        ["Live"] = ["History", "Scoring", "Models", "Images", Face],
        ["History"] = ["Scoring", "Models", "Images", "Errors", Face],
        ["Scoring"] = ["Models", "Images", "Errors", Face],
        ["Models"] = ["Images", "Errors"],
        ["Images"] = [],
        ["Errors"] = [],
        [Face] = ["Errors"],
    };

    private static ArchUnitNET.Domain.Architecture Server { get; } = new ArchLoader().LoadAssemblies(typeof(InputException).Assembly).Build();

    private static IEnumerable<string> Rooms => _rooms.Keys;

    [TestMethod]
    public void Every_type_is_in_a_room()
    {
        string[] others = [.. Server.Types.Select(type => type.Namespace.FullName).Where(name => name.StartsWith(Root, StringComparison.Ordinal) && RoomOf(name) is null).Distinct()];

        Assert.IsEmpty(others, string.Join('\n', others));
    }

    [TestMethod]
    [DynamicData(nameof(Rooms))]
    public void Rooms_use_only_what_they_may(string room)
    {
        string[] wrong = [.. Uses().Where(use => use.From == room && !_rooms[room].Contains(use.To)).Select(use => use.Description).Distinct().Order()];

        Assert.IsEmpty(wrong, $"'{room}' uses what stands beside or above it:\n{string.Join('\n', wrong)}");
    }

    // A test that sees no uses would find none that is wrong.
    [TestMethod]
    [DataRow("Endpoints", "Scoring", "ScoreEndpoint uses Dime.Server.Scoring.ModelHost")]
    [DataRow("Live", "History", "Recorder uses Dime.Server.History.HistoryWriter")]
    [DataRow("History", "Scoring", "HistoryRow uses Dime.Server.Scoring.ScoredRow")]
    [DataRow("Scoring", "Models", "ServedModel uses Dime.Server.Models.BatchScorer")]
    [DataRow("Models", "Images", "RowInput uses Dime.Server.Images.LentPixels")]
    public void Uses_are_seen(string from, string to, string description) =>
        Assert.Contains(use => use.From == from && use.To == to && use.Description.Contains(description, StringComparison.Ordinal), Uses());

    /// <summary>All uses between rooms. Type parameters are none: those of one name are taken for one another, whatever type declares them.</summary>
    private static IEnumerable<(string From, string To, string Description)> Uses() =>
        from type in Server.Types
        let @from = RoomOf(type.Namespace.FullName)
        where @from is not null
        from dependency in type.Dependencies
        where dependency.Target is not GenericParameter
        let to = RoomOf(dependency.Target.Namespace.FullName)
        where to is not null && to != @from
        select (@from, to, $"{type.FullName} uses {dependency.Target.FullName}");

    private static string? RoomOf(string name) => _rooms.Keys.SingleOrDefault(room => name == (room == Face ? Root : $"{Root}.{room}"));
}
