using System.CommandLine;
using System.Globalization;
using Dime.Tool.Jobs;
using Dime.Tool.Outputs;
using Dime.Tool.Report.Figures;
using Dime.Tool.Terminal;
using Spectre.Console;

namespace Dime.Tool.Commands;

/// <summary><c>dime evaluate</c>: how well a model tells sets apart.</summary>
internal static class EvaluateCommand
{
    public static Command Create(OutputFiles files)
    {
        var sets = new SetOptions(areRequired: true);
        var command = new Command("evaluate", "Measures how well a model tells out-of-distribution sets from rows like the training data.") { ModelOption.Model };
        sets.AddTo(command);
        CommandAction.Set(command, files, (parsed, context) =>
        {
            EvaluationJob.Run(context, parsed.GetRequiredValue(ModelOption.Model), sets.Sets(parsed), sets.Embeddings(parsed), (_, scored) => Show(context, scored));
            return ExitCode.Success;
        });
        return command;
    }

    /// <summary>Shows the figures of scored sets.</summary>
    public static void Show(ToolContext context, IReadOnlyList<ScoredSet> sets)
    {
        IReadOnlyList<SetResult> figures = EvaluationJob.Figures(sets);
        Table table = new Table().Border(TableBorder.Simple)
            .AddColumns("set", "rows", "distance", "flagged", "AUROC", "AUPR-out", "AUPR-in", "FPR95");
        table.Columns[0].PadLeft(0);
        foreach (TableColumn column in table.Columns.Skip(1))
        {
            column.RightAligned().NoWrap();
        }

        foreach (SetResult set in figures)
        {
            SetMetrics? metrics = set.Metrics;
            table.AddRow(
                new Text(set.Name),
                Number(set.Rows, "F0"),
                Number(set.MeanDistance, "F4"),
                Number(100 * set.FlaggedShare, "F1", " %"),
                Number(metrics?.AreaUnderRocCurve),
                Number(metrics?.AreaUnderPrecisionRecallCurveOutOfDistribution),
                Number(metrics?.AreaUnderPrecisionRecallCurveInDistribution),
                Number(metrics?.FalsePositiveRateAt95TruePositiveRate));
        }

        context.Console.Result(figures, table, new Text("distance: the mean of the set."));
    }

    private static Text Number(double? value, string format = "F3", string unit = "") =>
        new(value is { } number ? number.ToString(format, CultureInfo.InvariantCulture) + unit : "");
}
