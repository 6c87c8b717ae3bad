using Dime.Tool.Inputs;
using Dime.Tool.Terminal;

namespace Dime.Tool.Tests.Inputs;

[TestClass]
public sealed class CsvEmbeddingsTests
{
    [TestMethod]
    [DataRow("id,x,y\na,1,2\nb,3,4\n", "a:1,2 b:3,4")]
    [DataRow("a,1,2\nb,3,4\n", "a:1,2 b:3,4")]
    [DataRow("1,2\n3,4\n", "0:1,2 1:3,4")]
    [DataRow("x,y\n1,2", "0:1,2")]
    [DataRow("x,y\n1e-3,-2.5\n", "0:0.001,-2.5")]
    [DataRow("x,id,y\r\n1,\"a, b\",2\r\n", "a, b:1,2")]
    [DataRow("x,y\ninf,2\n-inf,4\n", "0:Infinity,2 1:-Infinity,4")]
    [DataRow("x,y\n1,2\n,NaN\n", "0:1,2 1:NaN,NaN")]
    public void Names_and_ids_are_seen(string text, string rows)
    {
        Assert.AreEqual(rows, Read(text, new EmbeddingOptions()));
    }

    [TestMethod]
    public void Columns_are_chosen_by_name_range_or_number()
    {
        const string text = "a,b,c,d\n1,2,3,4\n5,6,7,8\n";

        Assert.AreEqual("0:4,1 1:8,5", Read(text, new EmbeddingOptions(Columns: ["d", "a"])));
        Assert.AreEqual("0:2,3,4 1:6,7,8", Read(text, new EmbeddingOptions(Columns: ["b..d"])));
        Assert.AreEqual("1:2,3,4 5:6,7,8", Read(text, new EmbeddingOptions(IdColumn: "a")));
        Assert.AreEqual("0:2 1:6", Read("1,2\n5,6\n", new EmbeddingOptions(Columns: ["2"])));
    }

    [TestMethod]
    public void Whether_there_are_names_may_be_said()
    {
        Assert.AreEqual("0:1,2 1:3,4", Read("0,1\n1,2\n3,4\n", new EmbeddingOptions(HasHeader: true)));
        Assert.Throws<InputException>(() => Read("x,y\n1,2\n", new EmbeddingOptions(HasHeader: false, Columns: ["1"])));
    }

    [TestMethod]
    [DataRow("e", "a, b")]
    [DataRow("b..a", "turn them round")]
    public void Columns_that_cannot_be_chosen_are_named(string columns, string word)
    {
        InputException e = Assert.ThrowsExactly<InputException>(() => Read("a,b\n1,2\n", new EmbeddingOptions(Columns: [columns])));

        Assert.Contains(word, e.Message);
    }

    private static string Read(string text, EmbeddingOptions options)
    {
        using var reader = new CsvEmbeddings(new StringReader(text), "rows.csv", options with { Delimiter = "," });
        return string.Join(' ', reader.Read().Select(row => $"{row.Id}:{string.Join(',', row.Features.Select(Fixtures.SampleRows.Text))}"));
    }
}
