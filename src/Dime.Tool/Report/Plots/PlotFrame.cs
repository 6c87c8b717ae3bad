using System.Globalization;
using OxyPlot;
using OxyPlot.Annotations;
using OxyPlot.Axes;
using OxyPlot.Series;

namespace Dime.Tool.Report.Plots;

/// <summary>What all plots share: frame, axes, fonts and lines.</summary>
internal static class PlotFrame
{
    private const double FontSize = 13;
    private const double Resolution = 1.0 / 250;

    public static PlotModel Create(Axis horizontal, Axis vertical)
    {
        var plot = new PlotModel
        {
            Culture = CultureInfo.InvariantCulture,
            DefaultFontSize = FontSize,
            TextColor = PlotTheme.Text,
            PlotAreaBorderColor = PlotTheme.Axis,
            PlotAreaBorderThickness = new OxyThickness(0, 0, 0, 1),
            Padding = new OxyThickness(0),

            // Fixed, as the width of text is known to the browser alone.
            PlotMargins = new OxyThickness(58, 12, 26, 44),
        };
        horizontal.Position = AxisPosition.Bottom;
        vertical.Position = AxisPosition.Left;
        vertical.MajorGridlineStyle = LineStyle.Solid;
        vertical.MajorGridlineColor = PlotTheme.Grid;
        vertical.TickStyle = TickStyle.None;
        foreach (Axis axis in (Axis[])[horizontal, vertical])
        {
            axis.AxislineColor = axis.TicklineColor = axis.ExtraGridlineColor = PlotTheme.Axis;
            axis.MinorTicklineColor = axis.MinorGridlineColor = PlotTheme.Axis;
            axis.MinorTickSize = 0;
            axis.MajorTickSize = 4;
            axis.TitleColor = axis.TextColor = PlotTheme.Text;
            axis.AxisTitleDistance = 6;
            plot.Axes.Add(axis);
        }

        return plot;
    }

    /// <summary>An axis of shares from 0 to 100 %.</summary>
    /// <param name="title">The title; null for a vertical axis, whose title the page shows.</param>
    public static LinearAxis ShareAxis(string? title = null) => new()
    {
        Title = title,
        Minimum = 0,
        Maximum = 1,
        MajorStep = 0.25,
        MinimumPadding = 0,
        LabelFormatter = share => Math.Round(100 * share).ToString(CultureInfo.InvariantCulture) + " %",
    };

    public static LineSeries Line(OxyColor colour, LineStyle style, double thickness, IEnumerable<DataPoint> points)
    {
        var line = new LineSeries { Color = colour, LineStyle = style, StrokeThickness = thickness };
        line.Points.AddRange(points);
        return line;
    }

    public static LineAnnotation Diagonal() => new()
    {
        Type = LineAnnotationType.LinearEquation,
        Slope = 1,
        Intercept = 0,
        Color = PlotTheme.Neutral,
        LineStyle = LineStyle.Dash,
        StrokeThickness = 1,
        Layer = AnnotationLayer.BelowSeries,
    };

    /// <summary>Leaves out points of a curve of shares that no eye could tell from the ones before them.</summary>
    public static IEnumerable<DataPoint> Thinned(IReadOnlyList<DataPoint> points)
    {
        DataPoint kept = points[0];
        yield return kept;
        for (int i = 1; i < points.Count; i++)
        {
            if (i == points.Count - 1 || Math.Max(Math.Abs(points[i].X - kept.X), Math.Abs(points[i].Y - kept.Y)) >= Resolution)
            {
                kept = points[i];
                yield return kept;
            }
        }
    }
}
