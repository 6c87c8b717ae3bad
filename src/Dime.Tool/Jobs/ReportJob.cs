using Dime.Tool.Outputs;
using Dime.Tool.Report.Figures;
using Dime.Tool.Report.Page;
using Dime.Tool.Terminal;

namespace Dime.Tool.Jobs;

/// <summary>Scores sets and writes a report on them.</summary>
internal static class ReportJob
{
    /// <exception cref="InputException">The model or a set cannot be used.</exception>
    public static ReportResult Run(ToolContext context, ReportSettings settings)
    {
        using OutputFile file = context.Files.Create(settings.Output, [settings.Model, .. settings.Sets.Select(set => set.Path)]);
        IReadOnlyList<SetResult> results = [];
        EvaluationJob.Run(context, settings.Model, settings.Sets, settings.Embeddings, (model, sets) =>
        {
            using (StreamWriter writer = new(file.Stream, leaveOpen: true))
            {
                HtmlReport.Write(writer, new ReportContent(
                    settings.Title, DateTimeOffset.Now, model.Detector.Embedding, model.Detector.OutlierProbability, settings.Network, model.Layer, sets));
            }

            results = EvaluationJob.Figures(sets);
        });
        file.Complete();
        return new ReportResult(settings.Output, results);
    }
}
