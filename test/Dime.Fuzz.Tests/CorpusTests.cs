using System.Diagnostics;
using Dime.Fuzz.Contract;

namespace Dime.Fuzz.Tests;

/// <summary>All that is kept of fuzzing, and some mutations of it, answered as the documentation promises.</summary>
[TestClass]
public sealed class CorpusTests
{
    // No figure of speed: what takes that long hangs.
    private static readonly Limits _limits = new(TimeSpan.FromSeconds(10));

    public static IEnumerable<object[]> Names => FuzzTargets.ByName.Keys.Select(name => new object[] { name });

    [TestMethod]
    [DynamicData(nameof(Names))]
    public void Inputs_that_are_kept_are_answered_as_promised(string name)
    {
        FuzzTarget target = FuzzTargets.ByName[name]();
        Assert.AreEqual(name, target.Name);
        IReadOnlyList<Seed> corpus = Corpus.Of(target);
        Assert.IsNotEmpty(corpus);
        foreach (Seed input in corpus)
        {
            Check(target, input.Content, input.Name);
        }
    }

    [TestMethod]
    [DynamicData(nameof(Names))]
    public void Mutations_are_answered_as_promised(string name)
    {
        FuzzTarget target = FuzzTargets.ByName[name]();
        byte[][] corpus = [.. Corpus.Of(target).Select(input => input.Content)];
        var mutation = new Mutation(seed: 1);
        long start = Stopwatch.GetTimestamp();
        int count = 0;
        for (; count < 20 || Stopwatch.GetElapsedTime(start) < TimeSpan.FromSeconds(1); count++)
        {
            byte[] input = mutation.Of(corpus);
            Check(target, input, $"mutation {count}");
        }
    }

    /// <summary>Seeds that are refused would have the fuzzer begin at the door.</summary>
    [TestMethod]
    [DynamicData(nameof(Names))]
    public void Seeds_are_accepted(string name)
    {
        FuzzTarget target = FuzzTargets.ByName[name]();
        Seed[] seeds = [.. target.Seeds()];
        int accepted = 0;
        foreach (Seed seed in seeds)
        {
            accepted += target.FormsOf(seed.Content).Any(form => IsAccepted(target, form)) ? 1 : 0;
        }

        // Of requests, a body is for embeddings or for images, never both; the others take what they wrote.
        Assert.IsTrue(accepted == seeds.Length || name == "request", $"{accepted} of {seeds.Length} seeds are accepted.");
    }

    private static bool IsAccepted(FuzzTarget target, byte[] form)
    {
        try
        {
            target.Run(form);
            return true;
        }
        catch (Exception exception) when (target.Allows(exception))
        {
            return false;
        }
    }

    private static void Check(FuzzTarget target, byte[] input, string what)
    {
        try
        {
            _limits.Check(target, input);
        }
        catch (BrokenPromiseException exception)
        {
            Assert.Fail($"{what}: {exception}\n{Convert.ToBase64String(input)}");
        }
    }
}
