using Dime.MLNet;
using Dime.Tool.Report.Figures;
using OxyPlot;
using OxyPlot.Series;

namespace Dime.Tool.Report.Plots;

/// <summary>For each out-of-distribution set, how many of its rows are found at the price of how many false alarms.</summary>
internal static class RocPlot
{
    /// <summary>The figure; null where there is nothing to compare.</summary>
    public static PlotFigure? Create(ReportFigures figures)
    {
        List<SetFigures> compared = [.. figures.Plotted.Where(set => set.Metrics is not null)];
        if (figures.InDistribution is not { } inDistribution || compared.Count == 0)
        {
            return null;
        }

        PlotModel plot = PlotFrame.Create(
            PlotFrame.ShareAxis("in-distribution rows flagged (false alarms)"), PlotFrame.ShareAxis());
        plot.Annotations.Add(PlotFrame.Diagonal());
        List<LegendEntry> legend = [];
        foreach (SetFigures set in compared)
        {
            OxyColor colour = PlotTheme.Set(set.Slot);
            plot.Series.Add(PlotFrame.Line(colour, PlotTheme.Line(set.Slot), 2, Curve(set.Metrics!)));
            legend.Add(new LegendEntry($"{set.Name}: AUROC {NumberText.Ratio(set.Metrics!.AreaUnderRocCurve)}", colour, PlotTheme.Line(set.Slot)));
            if (inDistribution.FlaggedShare is { } falseAlarms && set.FlaggedShare is { } found)
            {
                plot.Series.Add(Marker(colour, falseAlarms, found));
            }
        }

        legend.Add(new LegendEntry("chance", PlotTheme.Neutral, LineStyle.Dash));
        string areas = string.Join(", ", compared.Select(set => $"{set.Name} {NumberText.Ratio(set.Metrics!.AreaUnderRocCurve)}"));
        return new PlotFigure(
            "What each limit would find (ROC)",
            "rows of the set flagged",
            PlotSvg.Render(plot, "roc", $"Receiver operating characteristic curves against {inDistribution.Name}. Areas under the curves: {areas}."),
            legend,
            [
                $"Each point of a curve is a limit one could set: to the right the false alarms it gives on {inDistribution.Name}, upwards what it finds. The closer to the upper left corner, the better."
                    + (figures.Limit is null ? "" : " Dots are the limit that is set."),
                .. figures.LeftOut is { } leftOut ? [leftOut] : Array.Empty<string>(),
            ]);
    }

    /// <summary>With out of distribution as the positive class, which is how a reader thinks of alarms.</summary>
    private static IEnumerable<DataPoint> Curve(OutOfDistributionMetrics metrics) =>
        PlotFrame.Thinned([.. metrics.RocCurve.Select(point => new DataPoint(1 - point.TruePositiveRate, 1 - point.FalsePositiveRate))]);

    private static LineSeries Marker(OxyColor colour, double falseAlarms, double found)
    {
        LineSeries marker = PlotFrame.Line(colour, LineStyle.None, 0, [new DataPoint(falseAlarms, found)]);
        marker.MarkerType = MarkerType.Circle;
        marker.MarkerSize = 5;
        marker.MarkerFill = colour;
        return marker;
    }
}
