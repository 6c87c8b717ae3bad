using Dime.Tool.Report.Figures;
using OxyPlot;
using OxyPlot.Annotations;
using OxyPlot.Axes;
using OxyPlot.Series;

namespace Dime.Tool.Report.Plots;

/// <summary>How much of the training embeddings the hyperplane explains, direction by direction.</summary>
internal static class VariancePlot
{
    /// <summary>The figure; null where there is no hyperplane.</summary>
    public static PlotFigure? Create(ReportFigures figures)
    {
        if (figures.Content.Model.Embedding is not { } embedding)
        {
            return null;
        }

        IReadOnlyList<double> explained = embedding.ExplainedVariance;
        int rank = explained.Count;
        double sum = 0;
        List<DataPoint> points = [.. explained.Select((share, i) => new DataPoint(i + 1, Math.Min(1, sum += share)))];
        double total = points[^1].Y;
        double lowest = Math.Min(Math.Floor(20 * points[0].Y) / 20, 0.9);

        PlotModel plot = PlotFrame.Create(
            new LinearAxis { Title = "directions of the hyperplane", Minimum = 1 - Math.Max(0.5, 0.03 * rank), Maximum = rank + Math.Max(0.5, 0.03 * rank), MinimumMajorStep = 1 },
            new LinearAxis
            {
                Minimum = lowest,
                Maximum = 1 + (0.02 * (1 - lowest)),
                LabelFormatter = share => FormattableString.Invariant($"{100 * share:0.##} %"),
            });
        plot.Annotations.Add(new RectangleAnnotation { MinimumY = total, MaximumY = 1, Fill = OxyColor.FromAColor(70, PlotTheme.Limit), Stroke = OxyColors.Undefined, Layer = AnnotationLayer.BelowSeries });
        plot.Annotations.Add(new LineAnnotation { Type = LineAnnotationType.Vertical, X = rank, Color = PlotTheme.Neutral, LineStyle = LineStyle.Dash, StrokeThickness = 1 });
        LineSeries line = PlotFrame.Line(PlotTheme.Set(0), LineStyle.Solid, 2, points);
        line.MarkerType = rank <= 40 ? MarkerType.Circle : MarkerType.None;
        line.MarkerSize = 3;
        line.MarkerFill = PlotTheme.Set(0);
        plot.Series.Add(line);

        string explains = $"The first {rank} of {embedding.Dimension} directions explain {NumberText.Percent(total)} of the training embeddings' variance";
        string left = $"{NumberText.Percent(Math.Max(0, 1 - total))} is left unmodelled, and is what distances are measured in.";
        return new PlotFigure(
            "Variance explained by the hyperplane",
            "cumulative share of the variance",
            PlotSvg.Render(plot, "variance", $"Cumulative explained variance. {explains}; {left}"),
            [
                new LegendEntry("cumulative share", PlotTheme.Set(0)),
                new LegendEntry($"rank {rank}", PlotTheme.Neutral, LineStyle.Dash),
                new LegendEntry("left unmodelled", PlotTheme.Limit, IsFilled: true),
            ],
            $"{explains}; {left}");
    }
}
