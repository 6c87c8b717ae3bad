using Dime.MLNet;
using Dime.Server.Models;
using Dime.Tool.Inputs;
using Dime.Tool.Outputs;
using Dime.Tool.Report.Figures;
using Dime.Tool.Report.Page;
using Microsoft.ML;

namespace Dime.Tool.Jobs;

/// <summary>Scores sets and writes a report on them.</summary>
internal static class ReportJob
{
    /// <exception cref="InputException">The model or a set cannot be used, or two sets have one name.</exception>
    public static ReportResult Run(ToolContext context, ReportSettings settings)
    {
        if (settings.Sets.GroupBy(set => set.Name).FirstOrDefault(group => group.Count() > 1) is { } twice)
        {
            throw new InputException($"Two sets are named '{twice.Key}'; a report tells them apart by name. Name one differently, as in name=path.");
        }

        IEnumerable<string> current = settings.Current is { } today ? [today.Path] : [];
        using OutputFile file = context.Files.Create(settings.Output, [settings.Model, .. settings.Sets.Select(set => set.Path), .. current]);
        using var model = SavedModel.Load(new MLContext(), settings.Model);
        model.RequireScores(model.Detector.IsCalibrated);
        DriftReport? drift = Drift(context, model, settings);
        IReadOnlyList<(SetFigures Figures, TakenColumns? Columns)> sets =
            EvaluationJob.Figures(context, model, settings.Sets, settings.Embeddings, settings.SkipsUnreadable);
        var figures = new ReportFigures(
            new ReportContent(
                settings.Title, DateTimeOffset.Now, FittedModel.Of(model.Detector), model.Detector.OutlierProbability, settings.Network, model.Layers),
            [.. sets.Select(set => set.Figures)])
        {
            Current = drift is null ? null : new CurrentSet(settings.Current!.Value.Name, drift.Result),
        };
        using (StreamWriter writer = new(file.Stream, leaveOpen: true))
        {
            HtmlReport.Write(writer, figures);
        }

        file.Complete();
        return new ReportResult(settings.Output, [.. sets.Select(set => SetResult.Of(set.Figures, model.Scores, set.Columns))]) { Current = drift };
    }

    // Before the sets, so that a model that cannot tell drift is refused before they are scored.
    private static DriftReport? Drift(ToolContext context, SavedModel model, ReportSettings settings) => settings.Current is not { } current
        ? null
        : DriftJob.Run(context, model, new DriftSettings(settings.Model, current.Path, settings.Embeddings, settings.SkipsUnreadable, settings.DriftLevel));
}

/// <summary>What <c>dime report</c> does.</summary>
/// <param name="Model">The zip.</param>
/// <param name="Network">The network's file, as it is to be named; null where embeddings come from elsewhere.</param>
/// <param name="Title">The heading.</param>
/// <param name="Sets">The sets to score, at least one; at most one is in distribution.</param>
/// <param name="Embeddings">How files of embeddings are read.</param>
/// <param name="SkipsUnreadable">Whether images that cannot be read are left out.</param>
/// <param name="Output">The HTML file.</param>
internal sealed record ReportSettings(
    string Model, string? Network, string Title, IReadOnlyList<NamedSet> Sets, EmbeddingOptions Embeddings, bool SkipsUnreadable, string Output)
{
    /// <summary>Today's rows, which are tested for drift; null for none.</summary>
    public (string Name, string Path)? Current { get; init; }

    /// <summary>The level of that test.</summary>
    public double DriftLevel { get; init; } = new DriftOptions().Level;
}

/// <summary>What <c>dime report</c> tells.</summary>
/// <param name="Output">The HTML file.</param>
/// <param name="Sets">What is said of each set in figures.</param>
internal sealed record ReportResult(string Output, IReadOnlyList<SetResult> Sets)
{
    /// <summary>Whether today's rows drifted; null where none are given.</summary>
    public DriftReport? Current { get; init; }
}
