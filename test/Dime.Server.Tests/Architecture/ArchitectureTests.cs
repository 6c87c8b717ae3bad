using Dime.Server.Errors;
using Dime.Tool.Tests.Architecture;

namespace Dime.Server.Tests.Architecture;

/// <summary>Arrows point down only, as CONTRIBUTING.md has them, whether in a signature, a body, a lambda or a type argument.</summary>
[TestClass]
public sealed class ArchitectureTests
{
    private const string Face = "";

    // Namespaces are folders: each with those that it may use. All may use the options.
    private static readonly Dictionary<string, string[]> _mayUse = new()
    {
        ["Endpoints"] = ["Live", "History", "Scoring", "Models", "Images", "Errors", "Logging", Face],
        ["Live"] = ["History", "Scoring", "Models", "Images", "Logging", Face],
        ["History"] = ["Scoring", "Models", "Images", "Errors", "Logging", Face],
        ["Scoring"] = ["Models", "Images", "Errors", "Logging", Face],
        ["Models"] = ["Images", "Errors"],
        ["Images"] = [],
        ["Errors"] = [],
        ["Logging"] = [],
        [Face] = ["Errors"],
    };

    private static readonly Rooms _rooms = new(typeof(InputException).Assembly, "Dime.Server", _mayUse);

    private static IEnumerable<string> RoomNames => _rooms.Names;

    [TestMethod]
    public void Every_type_is_in_a_room()
    {
        string[] others = _rooms.Others();

        Assert.IsEmpty(others, string.Join('\n', others));
    }

    [TestMethod]
    [DynamicData(nameof(RoomNames))]
    public void Rooms_use_only_what_they_may(string room)
    {
        string[] wrong = _rooms.WrongUsesOf(room);

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
        Assert.Contains(use => use.From == from && use.To == to && use.Description.Contains(description, StringComparison.Ordinal), _rooms.Uses());
}
