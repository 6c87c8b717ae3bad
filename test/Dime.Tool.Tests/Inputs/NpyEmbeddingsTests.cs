using Dime.Tool.Inputs;
using Dime.Tool.Terminal;
using Dime.Tool.Tests.Fixtures;

namespace Dime.Tool.Tests.Inputs;

[TestClass]
public sealed class NpyEmbeddingsTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [TestMethod]
    public void Halves_floats_and_doubles_are_read()
    {
        EmbeddingFiles.WriteNpy(_folder["a.npy"], "<f2", 2, (Half[])[(Half)1, (Half)2, (Half)3.5, (Half)4]);
        EmbeddingFiles.WriteNpy(_folder["b.npy"], "<f4", 2, (float[])[1, 2, 3.5f, 4]);
        EmbeddingFiles.WriteNpy(_folder["c.npy"], "<f8", 2, (double[])[1, 2, 3.5, 4]);

        foreach (string name in (string[])["a.npy", "b.npy", "c.npy"])
        {
            using var reader = new NpyEmbeddings(_folder[name]);
            Assert.AreEqual(2, reader.Dimension);
            Assert.AreEqual(2, reader.RowCount);
            EmbeddingRow[] rows = [.. reader.Read()];
            Assert.AreSequenceEqual([1f, 2f], rows[0].Features);
            Assert.AreSequenceEqual([3.5f, 4f], rows[1].Features);
            Assert.AreEqual("1", rows[1].Id);
        }
    }

    [TestMethod]
    public void Integers_are_refused_by_type()
    {
        EmbeddingFiles.WriteNpy(_folder["a.npy"], "<i8", 1, (long[])[1, 2]);

        Assert.Contains("<i8", Refusal().Message);
    }

    [TestMethod]
    [DataRow("'fortran_order': False", "'fortran_order': True ", "column by column")]
    [DataRow("'shape': (2, 2)", "'shape': (4,)  ", "two dimensions")]
    [DataRow("'shape': (2, 2)", "'shape': (2, 0)", "two dimensions")]
    [DataRow("'shape': (2, 2)", "'shape': (9, 9)", "cut short")]
    [DataRow("'shape': (2, 2), }         ", "'shape': (0, 2000000000), }", "2000000000 values")]
    public void Matrices_of_another_layout_are_refused(string good, string bad, string word)
    {
        EmbeddingFiles.WriteNpy(_folder["a.npy"], "<f4", 2, (float[])[1, 2, 3, 4]);
        string text = File.ReadAllText(_folder["a.npy"], System.Text.Encoding.Latin1);
        Assert.Contains(good, text);
        File.WriteAllText(_folder["a.npy"], text.Replace(good, bad, StringComparison.Ordinal), System.Text.Encoding.Latin1);

        Assert.Contains(word, Refusal().Message);
    }

    [TestMethod]
    public void A_file_cut_anywhere_is_refused()
    {
        EmbeddingFiles.WriteNpy(_folder["whole.npy"], "<f4", 2, (float[])[1, 2, 3, 4]);
        byte[] whole = File.ReadAllBytes(_folder["whole.npy"]);
        for (int length = 0; length < whole.Length; length++)
        {
            File.WriteAllBytes(_folder["a.npy"], whole[..length]);
            Refusal();
        }
    }

    private InputException Refusal() => Assert.ThrowsExactly<InputException>(() => new NpyEmbeddings(_folder["a.npy"]));
}
