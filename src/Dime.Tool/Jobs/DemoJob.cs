using Dime.MLNet;
using Dime.Tool.Commands;
using Dime.Tool.Inputs;
using Dime.Tool.Models;
using Dime.Tool.Report.Figures;
using Spectre.Console;

namespace Dime.Tool.Jobs;

/// <summary>The whole story on sample data, step by step, each with the command that does the same.</summary>
internal sealed class DemoJob
{
    private readonly ToolContext _context;
    private readonly DemoData _data;
    private readonly string _model;

    private DemoJob(ToolContext context, DemoData data)
    {
        _context = context;
        _data = data;
        _model = data.Output("model.zip");
    }

    public static void Run(ToolContext context, string folder) => new DemoJob(context, DemoData.Unpack(folder)).Run();

    private void Run()
    {
        NamedSet test = new("test", _data.Images("test"), SetRole.InDistribution);
        NamedSet digits = new("ood-mnist", _data.Images("ood-mnist"), SetRole.OutOfDistribution);
        NamedSet others = new("ood-cifar100", _data.Images("ood-cifar100"), SetRole.OutOfDistribution);

        Announce("Fit a detector to images that the network was trained on.", $"fit --images {_data.Images("train")} --onnx {_data.Network} --output {_model}");
        FitCommand.Show(_context, FitJob.Run(_context, new FitSettings(
            _data.Images("train"), new ImageSettings(_data.Network), new EmbeddingOptions(), new DimeOptions(), CalibrationInput: null, Seed: 1, _model)));

        string scores = _data.Output("scores.csv");
        Announce("Score handwritten digits, which it has never seen.", $"score --model {_model} --images {digits.Path} --output {scores}");
        ScoreCommand.Show(_context, ScoreJob.Run(_context, new ScoreSettings(_model, digits.Path, new EmbeddingOptions(), scores, Format: null, NeedsFlags: true)));

        Announce(
            "Measure how well it tells other images from new ones of the kind it knows.",
            $"evaluate --model {_model} --in {test.Path} --ood {digits.Path} {others.Path}");
        EvaluationJob.Run(_context, _model, [test, digits, others], new EmbeddingOptions(), (_, scored) => EvaluateCommand.Show(_context, scored));

        string report = _data.Output("report.html");
        string title = $"{Path.GetFileName(_data.Network)} on new images";
        Announce(
            "Write a report to look at and to forward.",
            $"report --model {_model} --in {test.Path} --ood {digits.Path} {others.Path} --title \"{title}\" --output {report}");
        ReportCommand.Show(_context, ReportJob.Run(_context, new ReportSettings(_model, Network: null, title, [test, digits, others], new EmbeddingOptions(), report)));

        string guarded = _data.Output("guarded.onnx");
        Announce("Put the detector into the network, for any ONNX Runtime.", $"export --model {_model} --fuse {_data.Network} --output {guarded}");
        ExportCommand.Show(_context, ExportJob.Run(_context, new ExportSettings(_model, _data.Network, Layer: null, Prefix: null, guarded)));
    }

    private void Announce(string step, string command) => _context.Console.Say(
        new Text(""),
        new Text(step, new Style(decoration: Decoration.Bold)),
        new Text($"  dime {command}", new Style(Color.Grey)));
}
