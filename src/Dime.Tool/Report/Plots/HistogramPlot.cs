using Dime.Tool.Report.Figures;
using OxyPlot;
using OxyPlot.Annotations;
using OxyPlot.Axes;
using OxyPlot.Series;

namespace Dime.Tool.Report.Plots;

/// <summary>Where the distances of the calibration data and of each set lie, and where the limit.</summary>
internal static class HistogramPlot
{
    private const byte Faint = 110;

    /// <summary>The figure; null where no distance is finite.</summary>
    public static PlotFigure? Create(ReportFigures figures)
    {
        ReadOnlyMemory<float> percentiles = figures.Content.Model.Percentiles;
        ReadOnlyMemory<float>[] all = [percentiles, .. figures.Plotted.Select(set => set.Sorted.AsMemory(0, set.FiniteCount))];
        int fewestRows = figures.Plotted.Select(set => set.FiniteCount).Where(count => count > 0).DefaultIfEmpty(percentiles.Length).Min();
        if (DistanceBins.For(all, fewestRows) is not { } bins)
        {
            return null;
        }

        PlotModel plot = Frame(bins);
        List<LegendEntry> legend = [];
        if (!percentiles.IsEmpty)
        {
            plot.Series.Add(Area(PlotTheme.Neutral, bins, PercentileShares.Of(percentiles.Span, bins)));
            legend.Add(new LegendEntry("calibration", PlotTheme.Neutral, IsFilled: true));
        }

        foreach (SetFigures set in figures.Plotted.Where(set => set.FiniteCount > 0))
        {
            OxyColor colour = PlotTheme.Set(set.Slot);
            plot.Series.Add(PlotFrame.Line(colour, PlotTheme.Line(set.Slot), 2, Outline(bins, bins.Shares(set.Finite, set.RowCount))));
            legend.Add(new LegendEntry(set.Name, colour, PlotTheme.Line(set.Slot)));
        }

        string captionOfLimit = "The detector is not calibrated, so there is no limit yet.";
        if (figures.Limit is { } limit)
        {
            plot.Annotations.Add(new LineAnnotation { Type = LineAnnotationType.Vertical, X = limit, Color = PlotTheme.Limit, LineStyle = LineStyle.Dash, StrokeThickness = 1.5 });
            legend.Add(new LegendEntry($"limit {NumberText.Distance(limit)}", PlotTheme.Limit, LineStyle.Dash));
            captionOfLimit = "Rows at the limit or to the right of it are flagged.";
        }

        string names = string.Join(", ", figures.Plotted.Select(set => set.Name));
        return new PlotFigure(
            figures.Content.Model.Ensemble is null ? "Distances to the modelled embedding" : "Statistics of the ensemble",
            "share of a set's rows per bin",
            PlotSvg.Render(plot, "distances", $"Histogram of the distances of the calibration data and of {names}. {captionOfLimit}"),
            legend,
            [captionOfLimit, .. figures.Plotted.Select(set => Outside(bins, set)).Append(figures.LeftOut).OfType<string>()]);
    }

    private static PlotModel Frame(DistanceBins bins)
    {
        Axis distance = bins.IsLogarithmic ? new LogarithmicAxis() : new LinearAxis();
        distance.Title = bins.IsLogarithmic ? "distance (logarithmic)" : "distance";
        distance.Minimum = bins.Edges[0];
        distance.Maximum = bins.Edges[^1];
        return PlotFrame.Create(
            distance,
            new LinearAxis
            {
                Minimum = 0,
                MaximumPadding = 0.08,
                LabelFormatter = share => FormattableString.Invariant($"{100 * share:0.#} %"),
            });
    }

    private static AreaSeries Area(OxyColor colour, DistanceBins bins, double[] shares)
    {
        var area = new AreaSeries { Fill = OxyColor.FromAColor(Faint, colour), Color = OxyColors.Undefined, Color2 = OxyColors.Undefined, StrokeThickness = 0 };
        area.Points.AddRange(Outline(bins, shares));
        return area;
    }

    private static IEnumerable<DataPoint> Outline(DistanceBins bins, double[] shares)
    {
        yield return new DataPoint(bins.Edges[0], 0);
        for (int i = 0; i < shares.Length; i++)
        {
            yield return new DataPoint(bins.Edges[i], shares[i]);
            yield return new DataPoint(bins.Edges[i + 1], shares[i]);
        }

        yield return new DataPoint(bins.Edges[^1], 0);
    }

    private static string? Outside(DistanceBins bins, SetFigures set)
    {
        (int left, int right) = bins.Outside(set.Finite);
        List<string> parts = [];
        if (left + right > 0)
        {
            parts.Add($"{NumberText.Rows(left + right)} outside the plot, at {NumberText.Distance(right > 0 ? set.Finite[^1] : set.Finite[0])} the farthest");
        }

        if (set.NotFiniteCount > 0)
        {
            parts.Add($"{NumberText.Rows(set.NotFiniteCount)} infinitely far away");
        }

        return parts.Count == 0 ? null : $"{set.Name}: {string.Join("; ", parts)}.";
    }
}
