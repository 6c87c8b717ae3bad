using System.CommandLine;
using System.Globalization;
using Dime.Tool.Jobs;
using Dime.Tool.Options;
using Dime.Tool.Terminal;
using Spectre.Console;
using Spectre.Console.Rendering;

namespace Dime.Tool.Commands;

/// <summary><c>dime evaluate</c>: how well a model tells sets apart.</summary>
internal sealed class EvaluateCommand : ToolCommand
{
    private readonly ModelOption _model = new();
    private readonly SetOptions _sets = new(areRequired: true);

    public EvaluateCommand()
        : base("evaluate", "Measures how well a model tells out-of-distribution sets from rows like the training data.")
    {
        Add(_model);
        _sets.AddTo(this);
    }

    public override int Run(ParseResult parsed, ToolContext context)
    {
        IReadOnlyList<SetResult> figures = EvaluationJob.Run(
            context, new EvaluationSettings(parsed.GetRequiredValue(_model), _sets.Sets(parsed), _sets.Embeddings(parsed), _sets.SkipsUnreadable(parsed)));
        SkipUnreadableOption.Remark(context.Console, [.. figures.SelectMany(set => set.Unreadable)]);
        context.Console.RemarkOn([.. figures.Select(set => set.Columns)]);
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

        context.Console.Result(figures, [table, new Text("distance: the mean of the set."), .. Scores(figures)]);
        return ExitCode.Success;
    }

    /// <summary>Which score of an ensemble finds which set; nothing where there is nothing to compare.</summary>
    private static IEnumerable<IRenderable> Scores(IReadOnlyList<SetResult> figures)
    {
        SetResult[] compared = [.. figures.Where(set => set.Scores is not null)];
        if (compared.Length == 0)
        {
            yield break;
        }

        Table table = new Table().Border(TableBorder.Simple).AddColumn(new TableColumn("AUROC of each score").PadLeft(0));
        foreach (SetResult set in compared)
        {
            table.AddColumn(new TableColumn(new Text(set.Name)).RightAligned().NoWrap());
        }

        for (int i = 0; i < compared[0].Scores!.Count; i++)
        {
            table.AddRow([new Text(compared[0].Scores![i].Name), .. compared.Select(set => Number(set.Scores![i].AreaUnderRocCurve))]);
        }

        table.AddRow([new Text("all together"), .. compared.Select(set => Number(set.Metrics!.AreaUnderRocCurve))]);
        yield return new Text("");
        yield return table;
    }

    private static Text Number(double? value, string format = "F3", string unit = "") =>
        new(value is { } number ? number.ToString(format, CultureInfo.InvariantCulture) + unit : "");
}
