using System.Runtime.InteropServices;
using Dime.Tool.Inputs;
using Dime.Tool.Tests.Fixtures;

namespace Dime.Tool.Tests.Inputs;

[TestClass]
public sealed class NpyEmbeddingsTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    // The bytes are those of numpy.array([[1, 2], [3, 4]], type).tobytes().
    [TestMethod]
    [DataRow("<f2", "003C004000420044")]
    [DataRow(">f2", "3C00400042004400")]
    [DataRow("<f4", "0000803F000000400000404000008040")]
    [DataRow(">f4", "3F800000400000004040000040800000")]
    [DataRow("<f8", "000000000000F03F000000000000004000000000000008400000000000001040")]
    [DataRow(">f8", "3FF0000000000000400000000000000040080000000000004010000000000000")]
    [DataRow("|i1", "01020304")]
    [DataRow("|u1", "01020304")]
    [DataRow("<i2", "0100020003000400")]
    [DataRow(">i2", "0001000200030004")]
    [DataRow("<u2", "0100020003000400")]
    [DataRow("<i4", "01000000020000000300000004000000")]
    [DataRow(">u4", "00000001000000020000000300000004")]
    [DataRow("<u4", "01000000020000000300000004000000")]
    [DataRow("<i8", "0100000000000000020000000000000003000000000000000400000000000000")]
    [DataRow(">i8", "0000000000000001000000000000000200000000000000030000000000000004")]
    [DataRow("<u8", "0100000000000000020000000000000003000000000000000400000000000000")]
    public void Numbers_of_every_type_are_read_in_both_orders(string type, string bytes)
    {
        EmbeddingFiles.WriteNpy(_folder["c.npy"], type, 2, 2, isByColumn: false, Convert.FromHexString(bytes));
        EmbeddingFiles.WriteNpy(_folder["fortran.npy"], type, 2, 2, isByColumn: true, Convert.FromHexString(bytes));

        Assert.AreEqual("0:1,2 1:3,4", Read("c.npy"));
        Assert.AreEqual("0:1,3 1:2,4", Read("fortran.npy"));
    }

    [TestMethod]
    [DataRow("|b1", "01000001", "0:1,0 1:0,1")]
    [DataRow("|i1", "FF80007F", "0:-1,-128 1:0,127")]
    [DataRow("|u1", "FF80007F", "0:255,128 1:0,127")]
    [DataRow("<i2", "FFFF008000000100", "0:-1,-32768 1:0,1")]
    [DataRow("<u8", "FFFFFFFFFFFFFFFF000000000000000001000000000000000200000000000000", "0:1.8446744E+19,0 1:1,2")]
    public void Signs_and_truth_are_kept(string type, string bytes, string rows)
    {
        EmbeddingFiles.WriteNpy(_folder["a.npy"], type, 2, 2, isByColumn: false, Convert.FromHexString(bytes));

        Assert.AreEqual(rows, Read("a.npy"));
    }

    [TestMethod]
    public void Blocks_of_columns_join_to_rows()
    {
        // Two blocks and a part of one: a block has about 4000 rows of 1024 values.
        const int rows = 9000;
        const int dimension = 1024;
        short[] columns = new short[rows * dimension];
        for (int i = 0; i < columns.Length; i++)
        {
            columns[i] = (short)((i / rows) + (3 * (i % rows)));
        }

        EmbeddingFiles.WriteNpy(_folder["a.npy"], "<i2", rows, dimension, isByColumn: true, MemoryMarshal.AsBytes<short>(columns));
        using var reader = new NpyEmbeddings(_folder["a.npy"], model: null);
        int row = 0;
        foreach (EmbeddingRow read in reader.Read())
        {
            Assert.AreEqual($"{row}", read.Id);
            Assert.AreSequenceEqual(Enumerable.Range(0, dimension).Select(i => (float)(short)(i + (3 * row))), read.Features);
            row++;
        }

        Assert.AreEqual(rows, row);
    }

    [TestMethod]
    public void Short_rows_take_no_more_memory_than_four_times_the_file()
    {
        const int rows = 5_000_000;
        const long rest = 16 << 20;
        EmbeddingFiles.WriteNpy(_folder["a.npy"], "|u1", rows, 1, isByColumn: true, new byte[rows]);
        using var reader = new NpyEmbeddings(_folder["a.npy"], model: null);
        using IEnumerator<EmbeddingRow> read = reader.Read().GetEnumerator();
        long before = GC.GetAllocatedBytesForCurrentThread();

        Assert.IsTrue(read.MoveNext());

        Assert.IsLessThan((4 * rows) + rest, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    [TestMethod]
    [DataRow("<c8")]
    [DataRow("<U4")]
    [DataRow("|O")]
    [DataRow("|b2")]
    [DataRow("<f3")]
    public void Items_that_are_no_numbers_are_refused_by_type(string type)
    {
        EmbeddingFiles.WriteNpy(_folder["a.npy"], type, 1, 2, isByColumn: false, new byte[16]);

        Assert.Contains($"'{type}'", Refusal().Message);
    }

    [TestMethod]
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

    private string Read(string name)
    {
        using var reader = new NpyEmbeddings(_folder[name], model: null);
        Assert.AreEqual(2, reader.Layout.Dimension);
        Assert.AreEqual(2, reader.RowCount);
        return string.Join(' ', reader.Read().Select(row => $"{row.Id}:{string.Join(',', row.Features.Select(SampleRows.Text))}"));
    }

    private InputException Refusal() => Assert.ThrowsExactly<InputException>(() => new NpyEmbeddings(_folder["a.npy"], model: null));
}
