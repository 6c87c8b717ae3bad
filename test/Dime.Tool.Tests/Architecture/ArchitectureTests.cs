using Dime.Tool.Terminal;

namespace Dime.Tool.Tests.Architecture;

/// <summary>Arrows point down only, as CONTRIBUTING.md has them, whether in a signature, a body, a lambda or a type argument.</summary>
[TestClass]
public sealed class ArchitectureTests
{

    // Namespaces are folders: each with those that it may use.
    private static readonly Dictionary<string, string[]> _mayUse = new()
    {
        ["Commands"] = ["Options", "Jobs", "Fitting", "Models", "Report.Page", "Report.Plots", "Report.Figures", "Inputs", "Outputs", "Images", "Terminal"],
        ["Options"] = ["Jobs", "Fitting", "Models", "Report.Figures", "Inputs", "Outputs", "Images", "Terminal"],
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

    private static readonly Rooms _rooms = new(typeof(Failure).Assembly, "Dime.Tool", _mayUse);

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
    [DataRow("Commands", "Jobs", "FitCommand uses Dime.Tool.Jobs.FitJob")]
    [DataRow("Commands", "Options", "FitCommand uses Dime.Tool.Options.InputOptions")]
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
        Assert.Contains(use => use.From == from && use.To == to && use.Description.Contains(description, StringComparison.Ordinal), _rooms.Uses());
}
