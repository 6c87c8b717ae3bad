using Dime.Tool.Tests.Fixtures;

namespace Dime.Tool.Tests.Commands;

[TestClass]
public sealed class HelpTests
{
    private static readonly string[] _commands = ["demo", "layers", "inspect", "fit", "accumulate", "merge", "score", "drift", "evaluate", "report", "export", "serve"];

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
    [DataRow("layers", "--all", "--size")]
    [DataRow("inspect", "--allow", "exit code 3")]
    [DataRow("fit", "--onnx", "--layer", "--method", "dime|ensemble", "--classes", "logits|folders|none", "--label", "--images", "--embeddings", "--rank", "--explained-variance", "--calibration", "--calibration-share", "--mean", "--std")]
    [DataRow("accumulate", "--embeddings", "--images", "--onnx", "--layer", "--method", "--classes", "--label", "--calibration-share", "--no-calibration", "--seed", "--source", "--output", "--skip-unreadable")]
    [DataRow("merge", "part.sums", "--output", "model.zip|all.sums", "--onnx", "--rank", "--explained-variance", "--outlier-probability", "--within")]
    [DataRow("score", "--model", "--images", "--embeddings", "--label", "--output", "--format", "--fail-over", "topScore")]
    [DataRow("drift", "--model", "--images", "--embeddings", "--level", "exit code 4")]
    [DataRow("evaluate", "--model", "--in-distribution", "--out-of-distribution")]
    [DataRow("report", "--model", "--in-distribution", "--out-of-distribution", "--title", "--network", "--current", "--output")]
    [DataRow("export", "--model", "--fuse", "--layer", "--prefix", "--output")]
    [DataRow("serve", "--model", "--onnx", "--urls", "--history", "--history-days", "--drift-state", "--token-file")]
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
    [DataRow("fitt", "'fitt' is not a command", "demo, layers, inspect, fit, accumulate, merge, score, drift, evaluate, report, export, serve", "dime --help")]
    [DataRow("fitt --onnx n", "'fitt' is not a command")]
    [DataRow("--json", "A command is missing", "demo, layers, inspect, fit, accumulate, merge, score, drift, evaluate, report, export, serve", "dime --help")]
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
    [DataRow("score --model m.zip --embeddings x --delimiter \"", "--delimiter", "quotation mark")]
    [DataRow("score --model m.zip --embeddings x --fail-over much", "much")]
    [DataRow("score --model m.zip --embeddings x --format xml", "xml")]
    [DataRow("drift --model m.zip", "--images", "--embeddings")]
    [DataRow("drift --model m.zip --embeddings x --level 0", "above 0")]
    [DataRow("drift --model m.zip --embeddings x --level 1", "below 1")]
    [DataRow("report --model m.zip --output r.html --in x.csv --current y.npy --columns a", "--columns", "'y.npy'")]
    [DataRow("evaluate --model m.zip --in x", "--out-of-distribution")]
    [DataRow("report --model m.zip --output r.html", "--in-distribution", "--out-of-distribution")]
    [DataRow("export --model m.zip --output x.onnx --layer y", "--fuse")]
    [DataRow("fit --images x --onnx n --output m.zip --columns a,b", "--columns", "--embeddings")]
    [DataRow("score --model m.zip --images x --id a", "--id", "--embeddings")]
    [DataRow("score --model m.zip --images x --header false", "--header", "--embeddings")]
    [DataRow("fit --embeddings x.csv --output m.zip --layer y", "--layer", "--images")]
    [DataRow("fit --embeddings x.csv --output m.zip --mean 0.5", "--mean", "--images")]
    [DataRow("fit --embeddings x.csv --output m.zip --std 0.5", "--std", "--images")]
    [DataRow("fit --embeddings x.csv --output m.zip --size 32x32", "--size", "--images")]
    [DataRow("fit --embeddings x.csv --output m.zip --resize pad", "--resize", "--images")]
    [DataRow("fit --embeddings x.csv --output m.zip --bgr", "--bgr", "--images")]
    [DataRow("fit --embeddings x.npy --output m.zip --columns a,b", "--columns", "'x.npy'")]
    [DataRow("fit --embeddings x.csv --calibration y.npy --output m.zip --columns a,b", "--columns", "'y.npy'")]
    [DataRow("score --model m.zip --embeddings x.npy --id a", "--id", "'x.npy'")]
    [DataRow("score --model m.zip --embeddings x.NPY --header false", "--header", "'x.NPY'")]
    [DataRow("score --model m.zip --embeddings x.npy --delimiter ;", "--delimiter", "'x.npy'")]
    [DataRow("score --model m.zip --embeddings x.parquet --delimiter ;", "--delimiter", "'x.parquet'")]
    [DataRow("score --model m.zip --embeddings x.idv --header true", "--header", "'x.idv'")]
    [DataRow("evaluate --model m.zip --in x.csv --ood a=y.parquet --delimiter ;", "--delimiter", "'y.parquet'")]
    [DataRow("report --model m.zip --output r.html --ood x.npy --columns a", "--columns", "'x.npy'")]
    [DataRow("fit --embeddings x.csv --output m.zip --rank 2 --explained-variance 90%", "--rank", "exclude")]
    [DataRow("demo --json", "--json")]
    [DataRow("fit --images x --onnx n --output m.zip --method both", "'both' is not known", "dime or ensemble")]
    [DataRow("fit --images x --onnx n --output m.zip --classes some", "'some' is not known", "logits or folders or none")]
    [DataRow("fit --images x --onnx n --output m.zip --method ensemble --layer y", "--layer", "--method ensemble", "leave one of them out")]
    [DataRow("fit --images x --onnx n --output m.zip --layer y --classes none", "--classes", "leave --layer or --classes out")]
    [DataRow("fit --images x --onnx n --output m.zip --method dime --classes folders", "--classes", "leave --method dime or --classes out")]
    [DataRow("fit --images x --onnx n --output m.zip --rank 3", "--rank goes with one DIME distance", "--method dime", "--layer")]
    [DataRow("fit --images x --onnx n --output m.zip --explained-variance 90%", "--explained-variance goes with one DIME distance")]
    [DataRow("fit --images x --onnx n --output m.zip --within", "--within goes with one DIME distance")]
    [DataRow("fit --images x --onnx n --output m.zip --no-calibration", "--no-calibration goes with one DIME distance")]
    [DataRow("fit --images x --onnx n --output m.zip --label y", "--label goes with --embeddings")]
    [DataRow("score --model m.zip --images x --label y", "--label goes with --embeddings")]
    [DataRow("fit --embeddings x.csv --output m.zip --classes logits", "--classes goes with --images", "--label")]
    [DataRow("fit --embeddings x.csv --output m.zip --method ensemble", "needs classes", "--label")]
    [DataRow("fit --embeddings x.csv --output m.zip --method dime --label y", "--label", "leave --method dime or --label out")]
    [DataRow("fit --embeddings x.csv --output m.zip --label y --rank 2", "--rank goes with one DIME distance", "leave it out, or --label")]
    [DataRow("fit --embeddings x.npy --output m.zip --label y", "--label", "'x.npy'")]
    [DataRow("accumulate --embeddings x.csv", "--output")]
    [DataRow("accumulate --output x.sums", "either --images or --embeddings")]
    [DataRow("accumulate --embeddings x.csv y.csv --source z --output x.sums", "--source names one part", "2 are given")]
    [DataRow("accumulate --embeddings a/x.csv b/x.csv --output x.sums", "'a/x.csv' and 'b/x.csv'", "--source")]
    [DataRow("accumulate --embeddings - --output x.sums", "'-' has no name", "--source")]
    [DataRow("accumulate --embeddings x.csv --output x.zip", "not a model", "dime merge", "dime fit")]
    [DataRow("accumulate --images x --output x.sums", "--onnx")]
    [DataRow("accumulate --embeddings x.csv --calibration-share 10% --no-calibration --output x.sums", "exclude")]
    [DataRow("accumulate --embeddings x.csv --label y --no-calibration --output x.sums", "--no-calibration goes with one DIME distance")]
    [DataRow("accumulate --embeddings x.csv --output x.sums --rank 2", "--rank")]
    [DataRow("merge --output m.zip", "part.sums|parts")]
    [DataRow("merge x.sums", "--output")]
    [DataRow("merge x.sums --output m.zip --seed 2", "--seed", "dime accumulate")]
    [DataRow("merge x.sums --output m.zip --label y", "--label", "dime accumulate")]
    [DataRow("merge x.sums --output m.zip --calibration-share=5%", "--calibration-share", "dime accumulate")]
    [DataRow("merge x.sums --output m.zip --nonsense", "'--nonsense'")]
    [DataRow("merge x.sums --output m.zip --rank 2 --explained-variance 90%", "exclude")]
    [DataRow("merge x.sums --output all.sums --rank 2", "--rank", "model")]
    [DataRow("merge x.sums --output all.sums --onnx n", "--onnx", "model")]
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
