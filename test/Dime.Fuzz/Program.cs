using System.Diagnostics;
using System.Globalization;
using Dime.Fuzz;
using Dime.Fuzz.Contract;
using Dime.Fuzz.Seeds;
using SharpFuzz;

// Under AFL++ by run.sh; --seeds writes the corpus anew, --try tries files, and --crowds large inputs, and tell what they cost.
var limits = new Limits(TimeSpan.FromSeconds(1));
switch (args)
{
    case ["--seeds", .. var names]:
        foreach (string name in names.Length > 0 ? names : FuzzTargets.ByName.Keys)
        {
            Corpus.Write(FuzzTargets.ByName[name]());
        }

        return 0;
    case ["--try", var name, .. var files]:
        return Try(FuzzTargets.ByName[name](), [.. files.Select(file => new Seed(file, File.ReadAllBytes(file)))]);
    case ["--crowds", var name, var bytes]:
        return Try(FuzzTargets.ByName[name](), [.. Crowds.Of(name, int.Parse(bytes, CultureInfo.InvariantCulture))]);
    case [var name] when FuzzTargets.ByName.TryGetValue(name, out Func<FuzzTarget>? make):
        // Nothing of ours may run before the fuzzer has said where to write what was reached.
        var target = new Lazy<FuzzTarget>(make);
        Fuzzer.OutOfProcess.Run(stream =>
        {
            using var input = new MemoryStream();
            stream.CopyTo(input);
            try
            {
                limits.Check(target.Value, input.ToArray());
            }
            catch (BrokenPromiseException e) when (Environment.GetEnvironmentVariable("DIME_FUZZ_LOG") is { } log)
            {
                // AFL++ keeps the input, and not what is wrong with it.
                File.AppendAllText(log, $"{e}\n{Convert.ToBase64String(input.ToArray())}\n\n");
                throw;
            }
        });
        return 0;
    default:
        await Console.Error.WriteLineAsync($"Dime.Fuzz <target> | --seeds [target …] | --try <target> <file> … | --crowds <target> <bytes>; targets: {string.Join(", ", FuzzTargets.ByName.Keys)}");
        return 1;
}

int Try(FuzzTarget target, Seed[] inputs)
{
    int broken = 0;
    foreach (Seed input in inputs)
    {
        long before = GC.GetTotalAllocatedBytes(precise: true);
        long start = Stopwatch.GetTimestamp();
        string verdict = "kept";
        try
        {
            limits.Check(target, input.Content);
        }
        catch (BrokenPromiseException e)
        {
            broken++;
            verdict = e.ToString();
        }

        Console.WriteLine($"{input.Name}: {input.Content.Length:N0} bytes, {Stopwatch.GetElapsedTime(start).TotalMilliseconds:0.0} ms, {GC.GetTotalAllocatedBytes(precise: true) - before:N0} allocated, {verdict}");
    }

    return broken == 0 ? 0 : 2;
}
