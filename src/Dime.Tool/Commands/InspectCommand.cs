using System.CommandLine;
using System.Globalization;
using Dime.MLNet;
using Dime.Tool.Jobs;
using Dime.Tool.Terminal;
using Spectre.Console;

namespace Dime.Tool.Commands;

/// <summary><c>dime inspect</c>: what a zip would load, before it is loaded, and the detector in it.</summary>
internal sealed class InspectCommand : ToolCommand
{
    private readonly Argument<string> _model = new("model") { Description = "The zip of a pipeline." };
    private readonly Option<string[]> _allow = new("--allow")
    {
        Description = "An assembly that the zip may load besides those of ML.NET and Dime.MLNet, by its simple name. May be given several times.",
        HelpName = "assembly",
        DefaultValueFactory = _ => [],
    };

    public InspectCommand()
        : base("inspect", $"Tells what the zip of a pipeline would load, without loading it, and the detector in it where all is known; exit code {ExitCode.Input} where something is not.")
    {
        Add(_model);
        Add(_allow);
    }

    public override int Run(ParseResult parsed, ToolContext context)
    {
        InspectResult result = InspectJob.Run(parsed.GetRequiredValue(_model), parsed.GetRequiredValue(_allow));
        context.Console.Result(result, [StepsOf(result), .. Lines(result).Select(Shown)]);
        if (result.Detector is null)
        {
            throw new InputException(result.Fault
                ?? $"Nothing was loaded: {string.Join(", ", result.Foreign.Select(name => $"'{name}'"))} belongs neither to ML.NET nor to Dime.MLNet. Where you know it and trust the zip, name it with --allow.");
        }

        return ExitCode.Success;
    }

    // A zip may say anything.
    private static Text Shown(string text) => new(Printable.Of(text));

    private static Table StepsOf(InspectResult result)
    {
        Table table = new Table().Border(TableBorder.Simple).AddColumns("step", "loader", "format", "bytes", "assemblies");
        foreach (SavedStep step in result.Steps)
        {
            string assemblies = string.Join(", ", step.Assemblies.Select(name => result.Foreign.Contains(name, StringComparer.OrdinalIgnoreCase) ? $"{name} (unknown)" : name));
            table.AddRow(
                Shown(step.Entry),
                Shown(step.Loader),
                Shown($"{step.Format} {step.FormatVersion}"),
                Shown(step.Bytes.ToString("N0", CultureInfo.InvariantCulture)),
                Shown(assemblies));
        }

        return table;
    }

    private static IEnumerable<string> Lines(InspectResult result)
    {
        yield return string.Create(CultureInfo.InvariantCulture, $"{result.Bytes:N0} bytes, saved by ML.NET {(result.MLNetVersion.Length > 0 ? result.MLNetVersion : "of a version that it does not tell")}.");
        if (result.Detector is not { } detector)
        {
            yield break;
        }

        string name = detector.Name is { } given ? $" '{given}'" : "";
        yield return $"{(detector.Kind == "DIME" ? "A DIME detector" : "An ensemble")}{name} of {detector.Takes} in column '{detector.InputColumn}', which appends {string.Join(", ", detector.Outputs)}:";
        foreach (WatchedColumn column in detector.Columns)
        {
            string tensor = column.Tensor is { } layer && layer != column.Column ? $" (tensor {layer})" : "";
            string rank = column.Rank is { } k ? string.Create(CultureInfo.InvariantCulture, $", a hyperplane of rank {k}") : "";
            yield return string.Create(CultureInfo.InvariantCulture, $"  {column.Column}{tensor}: {column.Width} values{rank}");
        }

        yield return $"Scores: {string.Join(", ", detector.Scores)}.";
        string fitted = detector.TrainingRows is > 0 and var rows ? string.Create(CultureInfo.InvariantCulture, $"Fitted to {rows} rows; ") : "";
        string calibrated = !detector.IsCalibrated ? "not calibrated, so that rows get no probability"
            : detector.CalibrationRows > 0 ? string.Create(CultureInfo.InvariantCulture, $"calibrated on {detector.CalibrationRows}") : "how many rows calibrate it is not told";
        string line = string.Create(CultureInfo.InvariantCulture, $"{fitted}{calibrated}; {(detector.IsCalibrated ? "" : "once calibrated, ")}rows are flagged from a probability of {detector.OutlierProbability} on.");
        yield return char.ToUpperInvariant(line[0]) + line[1..];
    }
}
