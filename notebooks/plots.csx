// The plots of the notebooks, drawn with OxyPlot: #load "plots.csx" after #r "nuget: OxyPlot.Core, 2.2.0".
using OxyPlot;
using OxyPlot.Annotations;
using OxyPlot.Axes;
using OxyPlot.Legends;
using OxyPlot.Series;

/// <summary>A named set of values, as most plots compare several.</summary>
public record Values(string Name, IReadOnlyList<float> Items);

/// <summary>A named set of points.</summary>
public record Points(string Name, IEnumerable<(double X, double Y)> Items);

public static class Plots
{
    // Blue for what is normal comes first; told apart by readers who are colour-blind too.
    private static readonly OxyColor[] _colours =
        [OxyColor.Parse("#3b6fb6"), OxyColor.Parse("#d95f02"), OxyColor.Parse("#1b9e77"), OxyColor.Parse("#8e44ad"), OxyColor.Parse("#555555")];

    /// <summary>How often values occur, as shares, so that sets of different sizes compare; what lies beyond the last bin counts into it.</summary>
    public static PlotModel Histogram(string title, string xTitle, IReadOnlyList<Values> sets, double? limit = null, double? maximum = null)
    {
        const int bins = 40;
        double width = (maximum ?? sets.Max(set => set.Items.Max())) / bins;
        PlotModel plot = Create(title, xTitle, "share of the rows");
        foreach ((Values set, OxyColor colour) in sets.Zip(_colours))
        {
            var counts = set.Items.CountBy(value => Math.Min((int)(value / width), bins - 1)).ToDictionary();
            var series = new AreaSeries { Title = set.Name, Color = colour, Fill = OxyColor.FromAColor(60, colour), StrokeThickness = 1.5 };
            for (int bin = 0; bin < bins; bin++)
            {
                double share = counts.GetValueOrDefault(bin) / (double)set.Items.Count;
                series.Points.AddRange([new(bin * width, share), new((bin + 1) * width, share)]);
            }

            plot.Series.Add(series);
        }

        return limit is { } x ? WithLine(plot, x, "limit") : plot;
    }

    public static PlotModel Scatter(string title, string xTitle, string yTitle, IReadOnlyList<Points> sets)
    {
        PlotModel plot = Create(title, xTitle, yTitle);
        foreach ((Points set, OxyColor colour) in sets.Zip(_colours))
        {
            var series = new ScatterSeries { Title = set.Name, MarkerType = MarkerType.Circle, MarkerSize = 2.5, MarkerFill = OxyColor.FromAColor(170, colour) };
            series.Points.AddRange(set.Items.Select(point => new ScatterPoint(point.X, point.Y)));
            plot.Series.Add(series);
        }

        return plot;
    }

    public static PlotModel Lines(string title, string xTitle, string yTitle, IReadOnlyList<Points> sets, bool markers = false, int firstColour = 0)
    {
        PlotModel plot = Create(title, xTitle, yTitle);
        foreach ((Points set, OxyColor colour) in sets.Zip(_colours.Skip(firstColour)))
        {
            var series = new LineSeries { Title = set.Name, Color = colour, MarkerType = markers ? MarkerType.Circle : MarkerType.None, MarkerFill = colour };
            series.Points.AddRange(set.Items.Select(point => new DataPoint(point.X, point.Y)));
            plot.Series.Add(series);
        }

        return plot;
    }

    /// <summary>Bars side by side: for each category the value of each set.</summary>
    public static PlotModel Bars(string title, string valueTitle, IReadOnlyList<string> categories, IReadOnlyList<Values> sets)
    {
        PlotModel plot = Create(title, valueTitle, yTitle: null);
        plot.Axes.RemoveAt(1);

        // The categories of a bar plot run upwards; people read downwards.
        plot.Axes.Add(new CategoryAxis { Position = AxisPosition.Left, ItemsSource = categories, StartPosition = 1, EndPosition = 0, GapWidth = 0.4, TickStyle = TickStyle.None });
        foreach ((Values set, OxyColor colour) in sets.Zip(_colours.Skip(1)))
        {
            plot.Series.Add(new BarSeries { Title = set.Name, FillColor = colour, ItemsSource = set.Items.Select(value => new BarItem(value)).ToArray(), LabelFormatString = "{0:0.00}" });
        }

        plot.Axes[0].MinimumPadding = 0;
        plot.Axes[0].MaximumPadding = 0.12;
        plot.Axes[0].AbsoluteMinimum = 0;
        return plot;
    }

    /// <summary>For each threshold the share of strange rows that are caught, over the share of normal rows that are flagged.</summary>
    public static PlotModel Roc(string title, IReadOnlyList<float> normal, IReadOnlyList<Values> strange)
    {
        float[] thresholds = [.. normal.OrderDescending()];
        var curves = strange.Select(set =>
        {
            float[] items = [.. set.Items.OrderDescending()];
            int caught = 0;
            var points = new List<(double, double)> { (0, 0) };
            for (int flagged = 0; flagged < thresholds.Length; flagged++)
            {
                while (caught < items.Length && items[caught] > thresholds[flagged])
                {
                    caught++;
                }

                points.Add((flagged / (double)thresholds.Length, caught / (double)items.Length));
            }

            return new Points(set.Name, points.Append((1, 1)));
        });
        PlotModel plot = Lines(title, "normal rows that are flagged", "strange rows that are caught", [.. curves], firstColour: 1);
        plot.Annotations.Add(new LineAnnotation { Slope = 1, Color = OxyColors.LightGray });
        return plot;
    }

    /// <summary>Marks a place on the horizontal axis.</summary>
    public static PlotModel WithLine(PlotModel plot, double x, string text)
    {
        plot.Annotations.Add(new LineAnnotation { Type = LineAnnotationType.Vertical, X = x, Text = text, Color = OxyColors.Black, TextColor = OxyColors.Black });
        return plot;
    }

    private static PlotModel Create(string title, string xTitle, string yTitle)
    {
        var plot = new PlotModel { Title = title, TitleFontSize = 15, TitleFontWeight = 600, PlotAreaBorderColor = OxyColors.LightGray, Padding = new OxyThickness(12) };
        plot.Legends.Add(new Legend { LegendPosition = LegendPosition.RightTop, LegendPlacement = LegendPlacement.Outside, LegendBorderThickness = 0 });
        plot.Axes.Add(Axis(AxisPosition.Bottom, xTitle));
        plot.Axes.Add(Axis(AxisPosition.Left, yTitle));
        return plot;
    }

    private static LinearAxis Axis(AxisPosition position, string title) => new()
    {
        Position = position, Title = title, AxisTitleDistance = 8, TicklineColor = OxyColors.LightGray, MinorTickSize = 0,
        MajorGridlineStyle = LineStyle.Solid, MajorGridlineColor = OxyColor.Parse("#eeeeee"), MinimumPadding = 0.02, MaximumPadding = 0.04,
    };
}
