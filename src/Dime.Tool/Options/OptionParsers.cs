using System.CommandLine.Parsing;
using System.Globalization;

namespace Dime.Tool.Options;

/// <summary>Values of options that are more than a word or a number.</summary>
internal static class OptionParsers
{
    /// <summary>Texts as they are. By itself the parser makes no list where there is one at most.</summary>
    public static string[] Texts(ArgumentResult result) => [.. result.Tokens.Select(token => token.Value)];

    /// <summary><c>5%</c> or <c>0.05</c>.</summary>
    public static double? Share(ArgumentResult result)
    {
        string text = result.Tokens[0].Value;
        bool isPercent = text.EndsWith('%');
        if (double.TryParse(isPercent ? text[..^1] : text, NumberStyles.Float, CultureInfo.InvariantCulture, out double value))
        {
            double share = isPercent ? value / 100 : value;
            if (share is >= 0 and <= 1)
            {
                return share;
            }
        }

        result.AddError($"'{text}' is not a share: give a percentage such as 5%, or a number from 0 to 1.");
        return null;
    }

    /// <summary>One of a few words.</summary>
    /// <param name="words">The words, and what they mean.</param>
    public static Func<ArgumentResult, T?> Word<T>(params (string Word, T Meaning)[] words)
        where T : struct => result =>
    {
        string text = result.Tokens[0].Value;
        foreach ((string word, T meaning) in words)
        {
            if (word.Equals(text, StringComparison.OrdinalIgnoreCase))
            {
                return meaning;
            }
        }

        result.AddError($"'{text}' is not known: give {string.Join(" or ", words.Select(word => word.Word))}.");
        return null;
    };

    /// <summary>A share above 0.</summary>
    public static double? ShareAboveZero(ArgumentResult result)
    {
        double? share = Share(result);
        if (share == 0)
        {
            result.AddError($"'{result.Tokens[0].Value}' is too small: give a share above 0.");
        }

        return share;
    }

    /// <summary>A whole number, not less than another.</summary>
    public static Func<ArgumentResult, int?> WholeNumber(int least, int most = int.MaxValue) => result =>
    {
        string text = result.Tokens[0].Value;
        if (int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out int number) && number >= least && number <= most)
        {
            return number;
        }

        result.AddError($"'{text}' is not a whole number {(most == int.MaxValue ? $"of {least} or more" : $"from {least} to {most}")}, as {((OptionResult)result.Parent!).Option.Name} needs it.");
        return null;
    };

    /// <summary><c>224x224</c>.</summary>
    public static (int Width, int Height)? Size(ArgumentResult result)
    {
        string text = result.Tokens[0].Value;
        string[] parts = text.Split('x', 'X');
        if (parts.Length == 2
            && int.TryParse(parts[0], NumberStyles.None, CultureInfo.InvariantCulture, out int width) && width > 0
            && int.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out int height) && height > 0)
        {
            return (width, height);
        }

        result.AddError($"'{text}' is not a size: give width and height in pixels, such as 224x224.");
        return null;
    }

    /// <summary><c>0.485,0.456,0.406</c>, or one number for all three colours.</summary>
    public static float[]? Colors(ArgumentResult result)
    {
        string text = result.Tokens[0].Value;
        List<float> values = [];
        foreach (string part in text.Split(','))
        {
            if (float.TryParse(part, NumberStyles.Float, CultureInfo.InvariantCulture, out float value) && float.IsFinite(value))
            {
                values.Add(value);
            }
        }

        switch (values.Count)
        {
            case 3 when text.Count(c => c == ',') == 2:
                return [.. values];
            case 1 when !text.Contains(','):
                return [values[0], values[0], values[0]];
            default:
                result.AddError($"'{text}' is not a number for each of red, green and blue, such as 0.485,0.456,0.406.");
                return null;
        }
    }
}
