using Dime.Tool.Tests.Fixtures;

namespace Dime.Tool.Tests.Commands;

[TestClass]
public sealed class HelpTests
{
    private static readonly string[] _commands = ["demo", "layers", "fit", "score", "evaluate", "report", "export"];

    [TestMethod]
    public void Without_arguments_it_shows_its_commands_and_exit_codes()
    {
        DimeRun run = DimeProcess.Run().Succeeds();

        foreach (string command in _commands)
        {
            Assert.IsTrue(run.Lines.Any(line => line.StartsWith(command, StringComparison.Ordinal)), command);
        }

        Assert.Contains("130 interrupted", run.Output);
    }

    [TestMethod]
    [DataRow("demo", "--output")]
    [DataRow("layers", "--all")]
    [DataRow("fit", "--onnx", "--layer", "--images", "--embeddings", "--rank", "--explained-variance", "--calibration", "--calibration-share", "--mean", "--std")]
    [DataRow("score", "--model", "--images", "--embeddings", "--output", "--format", "--fail-over")]
    [DataRow("evaluate", "--model", "--in-distribution", "--out-of-distribution")]
    [DataRow("report", "--model", "--in-distribution", "--out-of-distribution", "--title", "--network", "--output")]
    [DataRow("export", "--model", "--fuse", "--layer", "--prefix", "--output")]
    public void Each_command_explains_its_options(string command, params string[] options)
    {
        DimeRun run = DimeProcess.Run(command, "--help").Succeeds();

        foreach (string option in (string[])[.. options, "--json", "--quiet"])
        {
            Assert.Contains(option, run.Output);
        }
    }

    [TestMethod]
    public void It_tells_its_version()
    {
        Assert.StartsWith("0.", DimeProcess.Run("--version").Succeeds().Output);
    }

    [TestMethod]
    [DataRow("fitt", "'fitt' is not a command", "demo, layers, fit, score, evaluate, report, export", "dime --help")]
    [DataRow("fitt --onnx n", "'fitt' is not a command")]
    [DataRow("--json", "A command is missing", "demo, layers, fit, score, evaluate, report, export", "dime --help")]
    [DataRow("fit --embeddings x.csv", "--output", "dime fit --help")]
    [DataRow("fit --output m.zip", "--images", "--embeddings")]
    [DataRow("fit --images x --embeddings y --output m.zip", "either")]
    [DataRow("fit --images x --output m.zip", "--onnx")]
    [DataRow("fit --embeddings x --onnx n --output m.zip", "--onnx")]
    [DataRow("fit --embeddings x --output m.zip --rank 0", "--rank")]
    [DataRow("fit --embeddings x --output m.zip --rank", "--rank")]
    [DataRow("fit --embeddings x --output m.zip --rank many", "'many' is not a whole number", "--rank")]
    [DataRow("score --model m.zip --embeddings x --header maybe", "maybe")]
    [DataRow("fit --embeddings x --output m.zip --explained-variance 120%", "120%")]
    [DataRow("fit --embeddings x --output m.zip --explained-variance 0", "above 0")]
    [DataRow("fit --embeddings x --output m.zip --calibration y --no-calibration", "exclude")]
    [DataRow("fit --embeddings x --output m.zip --calibration-share 1", "below 1")]
    [DataRow("fit --images x --onnx n --output m.zip --size 32", "32x32|224x224")]
    [DataRow("fit --images x --onnx n --output m.zip --mean 1,2", "red, green and blue")]
    [DataRow("fit --images x --onnx n --output m.zip --std 0", "--std")]
    [DataRow("score --model m.zip --embeddings x --delimiter=", "--delimiter")]
    [DataRow("score --model m.zip --embeddings x --fail-over much", "much")]
    [DataRow("score --model m.zip --embeddings x --format xml", "xml")]
    [DataRow("evaluate --model m.zip --in x", "--out-of-distribution")]
    [DataRow("report --model m.zip --output r.html", "--in-distribution", "--out-of-distribution")]
    [DataRow("export --model m.zip --output x.onnx --layer y", "--fuse")]
    [DataRow("demo --json", "--json")]
    public void A_wrong_command_line_is_said_to_be_one(string arguments, params string[] words)
    {
        DimeRun run = DimeProcess.Run(arguments.Split(' '));

        run.Fails(2);
        foreach (string word in words)
        {
            Assert.IsTrue(word.Split('|').Any(run.Error.Contains), run.Error);
        }
    }
}
