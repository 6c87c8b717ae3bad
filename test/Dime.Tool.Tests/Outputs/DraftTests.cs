using Dime.Tool.Outputs;
using Dime.Tool.Tests.Fixtures;

namespace Dime.Tool.Tests.Outputs;

[TestClass]
public sealed class DraftTests : IDisposable
{
    private const string Left = ".out.csv.0123456789abcdef0123456789abcdef.tmp";

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [TestMethod]
    public void A_draft_that_nobody_writes_to_is_removed_by_the_next()
    {
        _folder.Write(Left, "half");
        using (var files = new OutputFiles())
        {
            files.Create(_folder["out.csv"], []).Complete();
        }

        Assert.AreSequenceEqual(["out.csv"], _folder.Names);
    }

    [TestMethod]
    public void A_draft_that_is_written_to_is_left_alone()
    {
        using var others = new OutputFiles();
        OutputFile other = others.Create(_folder["out.csv"], []);
        other.Stream.Write("other"u8);
        _folder.Write(Left, "half");
        using (var files = new OutputFiles())
        {
            files.Create(_folder["out.csv"], []).Complete();
        }

        Assert.HasCount(2, _folder.Names);
        other.Complete();
        Assert.AreEqual("other", File.ReadAllText(_folder["out.csv"]));
        Assert.AreSequenceEqual(["out.csv"], _folder.Names);
    }

    // Of other files, of the user, and of what the name of ours is only the beginning of.
    [TestMethod]
    [DataRow(".out.csv.2.0123456789abcdef0123456789abcdef.tmp")]
    [DataRow(".other.csv.0123456789abcdef0123456789abcdef.tmp")]
    [DataRow(".out.csv.0123456789abcdef0123456789abcdeg.tmp")]
    [DataRow(".out.csv.tmp")]
    [DataRow("out.csv.0123456789abcdef0123456789abcdef.tmp")]
    public void Other_files_are_left_alone(string name)
    {
        _folder.Write(name, "mine");
        using (var files = new OutputFiles())
        {
            files.Create(_folder["out.csv"], []);
        }

        Assert.AreSequenceEqual([name], _folder.Names);
    }
}
