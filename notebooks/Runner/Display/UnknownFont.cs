using OxyPlot;

namespace Dime.Notebooks.Display;

/// <summary>
/// Measures text for a font that only the reader's machine knows: as wide as common sans-serif fonts are at most, so that
/// labels get room enough. It draws nothing.
/// </summary>
internal sealed class UnknownFont : ClippingRenderContext
{
    private const double WidthPerCharacter = 0.6;
    private const double HeightPerLine = 1.25;

    public override OxySize MeasureText(string text, string fontFamily, double fontSize, double fontWeight)
    {
        string[] lines = (text ?? "").Split('\n');
        return new OxySize(lines.Max(line => line.Length) * WidthPerCharacter * fontSize, lines.Length * HeightPerLine * fontSize);
    }

    public override void DrawLine(IList<ScreenPoint> points, OxyColor stroke, double thickness, EdgeRenderingMode edgeRenderingMode, double[] dashArray, LineJoin lineJoin) =>
        throw new NotSupportedException();

    public override void DrawPolygon(IList<ScreenPoint> points, OxyColor fill, OxyColor stroke, double thickness, EdgeRenderingMode edgeRenderingMode, double[] dashArray, LineJoin lineJoin) =>
        throw new NotSupportedException();

    public override void DrawText(ScreenPoint p, string text, OxyColor fill, string fontFamily, double fontSize, double fontWeight, double rotation, HorizontalAlignment horizontalAlignment, VerticalAlignment verticalAlignment, OxySize? maxSize) =>
        throw new NotSupportedException();

    protected override void SetClip(OxyRect clippingRectangle) => throw new NotSupportedException();

    protected override void ResetClip() => throw new NotSupportedException();
}
