using Dime.Tool.Report.Figures;
using OxyPlot;
using OxyPlot.Series;

namespace Dime.Tool.Report.Plots;

/// <summary>Whether probabilities are what they say: on in-distribution rows they should be uniform.</summary>
internal static class CalibrationPlot
{
    private const int MostSteps = 200;
    private const byte Faint = 60;

    /// <summary>The figure; null where there are no probabilities.</summary>
    public static PlotFigure? Create(ReportFigures figures)
    {
        int percentileCount = figures.Content.Model.Percentiles.Length;
        if (percentileCount == 0)
        {
            return null;
        }

        PlotModel plot = PlotFrame.Create(PlotFrame.ShareAxis("probability"), PlotFrame.ShareAxis());
        List<LegendEntry> legend = [];
        string verdict = "There is no in-distribution set to judge the calibration by.";
        if (figures.InDistribution is { } inDistribution)
        {
            var check = CalibrationCheck.Of(inDistribution.Set.Probabilities, percentileCount);
            plot.Series.Add(Band(check.Band));
            legend.Add(new LegendEntry($"95 % band for {NumberText.Rows(inDistribution.RowCount)}", PlotTheme.Neutral, IsFilled: true));
            verdict = Verdict(inDistribution.Name, check);
        }

        plot.Annotations.Add(PlotFrame.Diagonal());
        foreach (SetFigures set in figures.Plotted)
        {
            OxyColor colour = PlotTheme.Set(set.Slot);
            bool isReference = set == figures.InDistribution;
            plot.Series.Add(PlotFrame.Line(
                isReference ? colour : OxyColor.FromAColor(170, colour), PlotTheme.Line(set.Slot), isReference ? 2.5 : 1.5, Curve(set, percentileCount)));
            legend.Add(new LegendEntry(set.Name, colour, PlotTheme.Line(set.Slot)));
        }

        return new PlotFigure(
            "Are the probabilities calibrated?",
            "rows with such a probability or a smaller one",
            PlotSvg.Render(plot, "calibration", $"Cumulative share of rows by probability. {verdict}"),
            legend,
            [
                verdict,
                "The probabilities of in-distribution rows should follow the diagonal; those of other rows bend away below it. The band allows for the chance in these rows, not for that in the calibration rows.",
                .. figures.LeftOut is { } leftOut ? [leftOut] : Array.Empty<string>(),
            ]);
    }

    private static string Verdict(string name, CalibrationCheck check)
    {
        string differ = $"{NumberText.Percent(check.LargestDifference)} at most";
        return check.Holds
            ? $"Yes: on {name} they differ from uniform by {differ}, which chance alone explains (95 % band ± {NumberText.Percent(check.Band)})."
            : $"No: on {name} they differ from uniform by {differ}, more than chance explains (95 % band ± {NumberText.Percent(check.Band)}). Calibrate on data like {name}.";
    }

    private static AreaSeries Band(double halfWidth)
    {
        var band = new AreaSeries { Fill = OxyColor.FromAColor(Faint, PlotTheme.Neutral), Color = OxyColors.Undefined, Color2 = OxyColors.Undefined, StrokeThickness = 0 };
        foreach (double p in (double[])[0, halfWidth, 1 - halfWidth, 1])
        {
            band.Points.Add(new DataPoint(p, Math.Min(1, p + halfWidth)));
            band.Points2.Add(new DataPoint(p, Math.Max(0, p - halfWidth)));
        }

        return band;
    }

    private static IEnumerable<DataPoint> Curve(SetFigures set, int percentileCount)
    {
        int steps = Math.Min(MostSteps, percentileCount - 1);
        double[] shares = CalibrationCheck.CumulativeShares(set.Set.Probabilities, steps);
        return [new DataPoint(0, 0), .. shares.Select((share, i) => new DataPoint(i / (double)steps, share))];
    }
}
