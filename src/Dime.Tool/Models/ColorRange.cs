using System.Globalization;

namespace Dime.Tool.Models;

/// <summary>Colours run from 0 to 255 in images, and from 0 to 1 where users say what a network was trained on.</summary>
internal static class ColorRange
{
    /// <summary>The largest colour of an image.</summary>
    public const float Full = 255;

    /// <summary>Values meant for colours from 0 to 255 as options take them: for colours from 0 to 1.</summary>
    public static string OnUnitScale(IReadOnlyList<float> values)
    {
        string[] texts = [.. values.Select(value => (value / Full).ToString("G3", CultureInfo.InvariantCulture))];
        return string.Join(',', texts.Distinct().Count() == 1 ? texts[..1] : texts);
    }
}
