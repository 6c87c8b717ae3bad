using System.Diagnostics;
using Dime.Fuzz.Contract;
using Dime.Fuzz.Seeds;

namespace Dime.Fuzz.Tests;

/// <summary>All that is kept of fuzzing, and some mutations of it, answered as the documentation promises.</summary>
[TestClass]
public sealed class CorpusTests
{
    private const int Hangs = 5 * 60 * 1000;

    // No figure of speed: what takes that long will not end.
    private static readonly Limits _limits = new(TimeSpan.FromSeconds(10));

    public static IEnumerable<object[]> Names => FuzzTargets.ByName.Keys.Select(name => new object[] { name });

    [TestMethod]
    [Timeout(Hangs)]
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
    [Timeout(Hangs)]
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

    /// <summary>Twice the input takes twice the memory, and not four times.</summary>
    [TestMethod]
    [Timeout(Hangs)]
    [DynamicData(nameof(Names))]
    public void Large_inputs_of_small_parts_cost_in_proportion(string name)
    {
        FuzzTarget target = FuzzTargets.ByName[name]();
        foreach ((Seed small, Seed large) in Crowds.Of(name, 1 << 17).Zip(Crowds.Of(name, 1 << 18)))
        {
            long once = AllocatedBy(target, small);
            long twice = AllocatedBy(target, large);
            Assert.IsLessThan((3 * once) + target.AllowanceBytes, twice, $"{name}, {small.Name}: {once} bytes for {small.Content.Length}");
        }
    }

    /// <summary>Seeds that are refused would have the fuzzer begin at the door.</summary>
    [TestMethod]
    [Timeout(Hangs)]
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

    private static long AllocatedBy(FuzzTarget target, Seed input)
    {
        long before = GC.GetTotalAllocatedBytes();
        foreach (byte[] form in target.FormsOf(input.Content))
        {
            IsAccepted(target, form);
        }

        return GC.GetTotalAllocatedBytes() - before;
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
