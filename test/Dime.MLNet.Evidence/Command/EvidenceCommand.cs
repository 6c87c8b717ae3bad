using System.CommandLine;
using Dime.MLNet.Benchmarks;
using Dime.MLNet.Evidence.Data;
using Dime.Tool.Models;
using Dime.Tool.Options;
using Dime.Tool.Terminal;

namespace Dime.MLNet.Evidence.Command;

/// <summary>The command line.</summary>
internal sealed class EvidenceCommand : RootCommand
{
    private readonly ImageOptions _images = new();
    private readonly Option<string?> _in = new("--in") { Description = "Images like the training data; the network's own training images, or some of them.", HelpName = "folder" };
    private readonly Option<string?> _calibration = new("--calibration") { Description = "Others to calibrate on; some of --in if left out.", HelpName = "folder" };
    private readonly Option<string?> _test = new("--test") { Description = "Others to score and to make faults in; some of --in if left out.", HelpName = "folder" };
    private readonly Option<string[]> _near = Sets("--near", "Images like the training data, but of other things.");
    private readonly Option<string[]> _far = Sets("--far", "Images of another world.");
    private readonly Option<string[]> _ood = Sets("--ood", "Images that should be flagged, near or far.");
    private readonly Option<int?> _rows = new("--rows") { Description = "How many images of each folder are taken, spread evenly over it; all if left out.", HelpName = "count", CustomParser = OptionParsers.WholeNumber(1) };
    private readonly Option<int?> _repeats = new("--repeats") { Description = "How often rows are split anew for the shares that are flagged; 100 if left out.", HelpName = "count", CustomParser = OptionParsers.WholeNumber(1) };
    private readonly Option<string?> _output = new("--output", "-o") { Description = "The page; docs/detection.md for the sample, detection.md for others if left out.", HelpName = "file" };

    public EvidenceCommand()
        : base("Compares detectors on the sample's network and images, or on others, and writes a page about it.")
    {
        _images.AddTo(this);
        foreach (Option option in (Option[])[_in, _calibration, _test, _near, _far, _ood, _rows, _repeats, _output])
        {
            Add(option);
        }

        Validators.Add(result =>
        {
            if (_images.HasNetwork(result) != result.GetValue(_in) is not null)
            {
                result.AddError("Give both --onnx and --in, or neither for the sample.");
            }
            else if (!_images.HasNetwork(result) && new Option[] { _calibration, _test, _near, _far, _ood }.FirstOrDefault(option => result.GetResult(option) is { Implicit: false }) is { } option)
            {
                result.AddError($"{option.Name} goes with --onnx and --in; the sample has its own sets.");
            }
        });
        SetAction(Run);
    }

    private static Option<string[]> Sets(string name, string description) =>
        new(name) { Description = description, HelpName = "[name=]folder", AllowMultipleArgumentsPerToken = true };

    private int Run(ParseResult parsed)
    {
        try
        {
            using SampleData? sample = _images.HasNetwork(parsed.CommandResult) ? null : new SampleData();
            EvidenceSettings settings = sample is null ? OwnSettings(parsed) : SampleSettings(parsed, sample);
            string file = parsed.GetValue(_output) ?? (sample is null ? "detection.md" : Path.Combine(RepositoryRoot(), "docs", "detection.md"));
            string page = EvidenceRun.Write(settings, Console.WriteLine);
            File.WriteAllText(file, page);
            Console.WriteLine($"Written: {file}");
            return ExitCode.Success;
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            var failure = Failure.Of(e);
            Console.Error.WriteLine(failure.Code == ExitCode.Input ? failure.Sentence : e.ToString());
            return failure.Code;
        }
    }

    private EvidenceSettings SampleSettings(ParseResult parsed, SampleData sample) => Settings(
        parsed,
        new ImageSettings(sample.Network),
        sample.Folder("train"),
        null,
        sample.Folder("test"),
        [new NamedFolder("CIFAR-100", sample.Folder("ood-cifar100"), SetKind.Near), new NamedFolder("MNIST", sample.Folder("ood-mnist"), SetKind.Far)],
        withText: true,
        "the sample's network (`data/cifar10-resnet.onnx`) and images: `train` of CIFAR-10 to fit and to calibrate, `test` of CIFAR-10 to test and to make faults in, `ood-cifar100` as near and `ood-mnist` as far set");

    private EvidenceSettings OwnSettings(ParseResult parsed) => Settings(
        parsed,
        _images.Settings(parsed)!,
        parsed.GetRequiredValue(_in)!,
        parsed.GetValue(_calibration),
        parsed.GetValue(_test),
        [
            .. Named(parsed.GetValue(_near), SetKind.Near),
            .. Named(parsed.GetValue(_far), SetKind.Far),
            .. Named(parsed.GetValue(_ood), SetKind.Other),
        ],
        withText: false,
        $"`{parsed.GetValue(_in)}`{Also(parsed.GetValue(_calibration), "to calibrate")}{Also(parsed.GetValue(_test), "to test and to make faults in")}, in the network `{_images.Settings(parsed)!.Network}`");

    private EvidenceSettings Settings(
        ParseResult parsed, ImageSettings network, string inDistribution, string? calibration, string? test, IReadOnlyList<NamedFolder> sets, bool withText, string data)
    {
        string arguments = string.Join(' ', parsed.Tokens.Select(token => token.Value.Contains(' ', StringComparison.Ordinal) ? $"\"{token.Value}\"" : token.Value));
        return new EvidenceSettings(
            network,
            inDistribution,
            calibration,
            test,
            sets,
            parsed.GetValue(_rows),
            parsed.GetValue(_repeats) ?? 100,
            Seed: 1,
            withText,
            $"dotnet run -c Release --project test/Dime.MLNet.Evidence{(arguments.Length > 0 ? " -- " : "")}{arguments}",
            data);
    }

    private static string Also(string? folder, string what) => folder is null ? "" : $", `{folder}` {what}";

    private static IEnumerable<NamedFolder> Named(string[]? texts, SetKind kind) => (texts ?? []).Select(text =>
    {
        (string name, string path) = SetOptions.NameAndPath(text);
        return new NamedFolder(name, path, kind);
    });

    private static string RepositoryRoot() => RepositoryFolder.Find()
        ?? throw new InputException($"{AppContext.BaseDirectory} is in no folder with Dime.MLNet.sln: run this inside the repository, or name the page with --output.");
}
