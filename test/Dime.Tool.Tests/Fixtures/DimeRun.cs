using System.Text.Json;

namespace Dime.Tool.Tests.Fixtures;

/// <summary>What a run of <c>dime</c> left.</summary>
internal sealed record DimeRun(int ExitCode, string Output, string Error)
{
    public string[] Lines => Output.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);

    public JsonElement Json => JsonDocument.Parse(Output).RootElement;

    public DimeRun Succeeds()
    {
        Assert.AreEqual(0, ExitCode, Error);
        return this;
    }

    /// <summary>Fails with one sentence that has all the words.</summary>
    public void Fails(int exitCode, params string[] words)
    {
        Assert.AreEqual(exitCode, ExitCode, Output + Error);
        Assert.HasCount(1, Error.Trim().Split('\n'), Error);
        foreach (string word in words)
        {
            Assert.Contains(word, Error);
        }
    }
}
