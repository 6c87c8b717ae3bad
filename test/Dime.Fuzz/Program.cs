using System.Diagnostics;
using Dime.Fuzz;
using Dime.Fuzz.Contract;
using SharpFuzz;

// Under AFL++ by run.sh; --seeds writes the corpus anew, --try tries files and tells what they cost.
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
        return Try(FuzzTargets.ByName[name](), files);
    case [var name] when FuzzTargets.ByName.TryGetValue(name, out Func<FuzzTarget>? make):
        FuzzTarget target = make();
        Fuzzer.OutOfProcess.Run(stream =>
        {
            using var input = new MemoryStream();
            stream.CopyTo(input);
            limits.Check(target, input.ToArray());
        });
        return 0;
    default:
        await Console.Error.WriteLineAsync($"Dime.Fuzz <target> | --seeds [target …] | --try <target> <file> …; targets: {string.Join(", ", FuzzTargets.ByName.Keys)}");
        return 1;
}

int Try(FuzzTarget target, string[] files)
{
    int broken = 0;
    foreach (string file in files)
    {
        long before = GC.GetTotalAllocatedBytes(precise: true);
        long start = Stopwatch.GetTimestamp();
        string verdict = "kept";
        try
        {
            limits.Check(target, File.ReadAllBytes(file));
        }
        catch (BrokenPromiseException e)
        {
            broken++;
            verdict = e.ToString();
        }

        Console.WriteLine($"{file}: {Stopwatch.GetElapsedTime(start).TotalMilliseconds:0.0} ms, {GC.GetTotalAllocatedBytes(precise: true) - before:N0} bytes, {verdict}");
    }

    return broken == 0 ? 0 : 2;
}
