using ArchUnitNET.Domain;
using ArchUnitNET.Loader;
using Dime.Tool.Terminal;

namespace Dime.Tool.Tests.Architecture;

/// <summary>Arrows point down only, as CONTRIBUTING.md has them, whether in a signature, a body, a lambda or a type argument.</summary>
[TestClass]
public sealed class ArchitectureTests
{
    private const string Root = "Dime.Tool";

    // Namespaces are folders: each with those that it may use.
    private static readonly Dictionary<string, string[]> _rooms = new()
    {
        ["Commands"] = ["Jobs", "Fitting", "Models", "Report.Page", "Report.Plots", "Report.Figures", "Inputs", "Outputs", "Images", "Terminal"],
        ["Jobs"] = ["Fitting", "Models", "Report.Page", "Report.Plots", "Report.Figures", "Inputs", "Outputs", "Images", "Terminal"],
        ["Fitting"] = ["Models", "Inputs", "Images", "Terminal"],
        ["Models"] = ["Images", "Terminal"],
        ["Report.Page"] = ["Report.Plots", "Report.Figures", "Images", "Terminal"],
        ["Report.Plots"] = ["Report.Figures", "Terminal"],
        ["Report.Figures"] = ["Images", "Terminal"],
        ["Inputs"] = ["Terminal"],
        ["Outputs"] = ["Terminal"],
        ["Images"] = ["Terminal"],
        ["Terminal"] = [],
    };

    private static ArchUnitNET.Domain.Architecture Tool { get; } = new ArchLoader().LoadAssemblies(typeof(Failure).Assembly).Build();

    private static IEnumerable<string> Rooms => _rooms.Keys;

    [TestMethod]
    public void Every_type_is_in_a_room()
    {
        string[] others = [.. Tool.Types.Select(type => type.Namespace.FullName).Where(name => name.StartsWith(Root, StringComparison.Ordinal) && RoomOf(name) is null).Distinct()];

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
    [DataRow("Commands", "Jobs", "FitCommand uses Dime.Tool.Jobs.FitJob")]
    [DataRow("Commands", "Jobs", "DemoCommand uses Dime.Tool.Jobs.DemoData")]
    [DataRow("Jobs", "Fitting", "FitJob uses Dime.Tool.Fitting.ShardReader")]
    [DataRow("Jobs", "Models", "LayersJob uses Dime.Tool.Models.NetworkFile")]
    [DataRow("Fitting", "Models", "ImagePlan uses Dime.Tool.Models.ImagePipeline")]
    [DataRow("Fitting", "Inputs", "ShardReader uses Dime.Tool.Inputs.EmbeddingFile")]
    [DataRow("Jobs", "Inputs", "ScoredRows uses Dime.Tool.Inputs.IRowSource")]
    [DataRow("Jobs", "Outputs", "ScoreJob uses Dime.Tool.Outputs.IScoreWriter")]
    [DataRow("Jobs", "Report.Page", "ReportJob uses Dime.Tool.Report.Page.HtmlReport")]
    [DataRow("Report.Page", "Report.Plots", "Headline uses Dime.Tool.Report.Plots.PlotTheme")]
    [DataRow("Inputs", "Terminal", "ImageFolder uses Dime.Tool.Terminal.RowProgress")]
    public void Uses_are_seen(string from, string to, string description) =>
        Assert.Contains(use => use.From == from && use.To == to && use.Description.Contains(description, StringComparison.Ordinal), Uses());

    /// <summary>All uses between rooms of the tool. Type parameters are none: those of one name are taken for one another, whatever type declares them.</summary>
    private static IEnumerable<(string From, string To, string Description)> Uses() =>
        from type in Tool.Types
        let @from = RoomOf(type.Namespace.FullName)
        where @from is not null
        from dependency in type.Dependencies
        where dependency.Target is not GenericParameter
        let to = RoomOf(dependency.Target.Namespace.FullName)
        where to is not null && to != @from
        select (@from, to, $"{type.FullName} uses {dependency.Target.FullName}");

    private static string? RoomOf(string name) => _rooms.Keys.SingleOrDefault(room => name == $"{Root}.{room}");
}
