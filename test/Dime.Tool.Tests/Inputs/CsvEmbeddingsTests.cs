using Dime.Tool.Inputs;

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
    [DataRow("x,y,\n1,2,\n3,4,\n", "0:1,2 1:3,4")]
    [DataRow("name,x,y\n007,1,2\n16777217,3,4\n", "007:1,2 16777217:3,4")]
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
    [DataRow("0,1,2\n0.5,0.25,1\n")]
    [DataRow(",0,1\n0,0.5,0.25\n1,0.5,1\n")]
    [DataRow("2019,2020,2021\n0.5,0.25,1\n")]
    [DataRow("name,0,1\na,0.5,0.25\n")]
    [DataRow("a1,0.5,2\n17,0.25,1\n")]
    public void A_first_line_that_may_be_names_or_a_row_asks_for_the_option(string text)
    {
        Assert.Contains("--header", Refusal(text, new EmbeddingOptions()));
        Assert.DoesNotContain("--header", Refusal(text + "1,2,3,4,5,6,7\n", new EmbeddingOptions(HasHeader: true)));
    }

    [TestMethod]
    public void Numbers_in_the_first_line_are_names_where_the_model_has_them()
    {
        var model = new ColumnLayout(2, ["1", "0"]);

        Assert.AreEqual("0:0.25,0.5", Read("0,1\n0.5,0.25\n", new EmbeddingOptions(), model));
        Assert.AreEqual("0:0.5,0.25", Read("id,0,1\n0,0.5,0.25\n", new EmbeddingOptions()));
    }

    [TestMethod]
    [DataRow("1;2;3\n4;5;6\n", ";")]
    [DataRow("id;f0;f1\na;0.5;1\nb;0.25;2\n", ";")]
    [DataRow("id\tf0\tf1\na\t0.5\t1\n", @"\t")]
    [DataRow("0.5#1\n0.25#2\n", "#")]
    [DataRow("# f0 f1\n0.5 1\n0.25 2\n", " ")]
    [DataRow("# f0;f1\n0.5;1\n0.25;2\n", ";")]
    [DataRow("0.5 1 2\n0.25 2 3\n", " ")]
    [DataRow("0.5|1\n0.25|2\n", "|")]
    [DataRow("f0;f1\n1,5;2,5\n3,5;4,5\n", ";", "decimal comma", "'1,5'")]
    [DataRow("1,5;2;3,5\n1;2,5;3,5\n", ";", "decimal comma", "'2,5'")]
    public void Another_delimiter_is_named(string text, string delimiter, params string[] words)
    {
        string message = Refusal(text, new EmbeddingOptions());

        foreach (string word in (string[])[$"--delimiter \"{delimiter}\"", .. words])
        {
            Assert.Contains(word, message);
        }
    }

    [TestMethod]
    [DataRow("a; b,1,2\nc; d,3,4\n", ",", "a; b:1,2 c; d:3,4")]
    [DataRow("img 1,5\nimg 2,6\n", ",", "img 1:5 img 2:6")]
    [DataRow("img#1,5\nimg#2,6\n", ",", "img#1:5 img#2:6")]
    [DataRow("a;1,5\nb;2,6\n", ",", "a;1:5 b;2:6")]
    [DataRow("a;1,5\nb;2,6\n", ";", "", "column '2'", "decimal comma", "points")]
    [DataRow("x y\n1.5 2\n", " ", "0:1.5,2")]
    [DataRow("a,b\t1.5\nc,d\t2\n", "\t", "a,b:1.5 c,d:2")]
    public void A_delimiter_that_is_given_is_taken(string text, string delimiter, string rows, params string[] words)
    {
        var options = new EmbeddingOptions(Delimiter: delimiter);
        if (words is [])
        {
            Assert.AreEqual(rows, Read(text, options));
        }

        foreach (string word in words)
        {
            Assert.Contains(word, Refusal(text, options));
        }
    }

    [TestMethod]
    [DataRow("a; b,1,2\nc; d,3,4\n", "a; b:1,2 c; d:3,4")]
    [DataRow("img 1,5\nimg 2,6\n", "img 1:5 img 2:6")]
    [DataRow("img#1,5\nimg#2,6\n", "img#1:5 img#2:6")]
    [DataRow("x, y\n1, 2\n3, 4\n", "0:1,2 1:3,4")]
    public void Other_delimiters_in_words_are_no_delimiters(string text, string rows)
    {
        Assert.AreEqual(rows, Read(text, new EmbeddingOptions()));
    }

    [TestMethod]
    [DataRow("a,b\nN/A,2\n1,3\n", "'a'", "'N/A' in line 2", "--id a")]
    [DataRow("a,b\nN/A,2\nN/A,3\n", "'a'", "'N/A' in line 2", "--columns")]
    [DataRow("N/A,1.5\n2,3\n", "'1'", "'N/A' in line 1", "--id 1")]
    [DataRow("a,b\n1,2\nx,3\n", "'a'", "'x' in line 3", "--id a")]
    [DataRow("a,b\n1,2\n1,2,3\n", "line 3", "3 cells instead of 2")]
    public void Cells_that_may_be_words_or_numbers_are_named(string text, params string[] words)
    {
        string message = Refusal(text, new EmbeddingOptions());

        foreach (string word in words)
        {
            Assert.Contains(word, message);
        }
    }

    [TestMethod]
    public void Names_that_are_written_as_a_remark_are_said_to_be()
    {
        Assert.Contains("begins with '#'", Refusal("# f0 f1\n0.5 1\n0.25 2\n", new EmbeddingOptions(Delimiter: " ")));
        Assert.AreEqual("0:0.5,1", Read("# f0,f1\n0.5,1\n", new EmbeddingOptions()));
    }

    [TestMethod]
    public void Cells_beyond_the_first_lines_are_named()
    {
        string rows = string.Concat(Enumerable.Repeat("0.5,0.25\n", 300));

        Assert.Contains("line 301, column '2': 'x'", Refusal(rows + "0.5,x\n", new EmbeddingOptions()));
        Assert.Contains("line 301: 3 cells instead of 2", Refusal(rows + "0.5,1,2\n", new EmbeddingOptions()));
    }

    [TestMethod]
    [DataRow("e", "a, b")]
    [DataRow("b..a", "turn them round")]
    public void Columns_that_cannot_be_chosen_are_named(string columns, string word)
    {
        Assert.Contains(word, Refusal("a,b\n1,2\n", new EmbeddingOptions(Columns: [columns])));
    }

    private static string Refusal(string text, EmbeddingOptions options) => Assert.ThrowsExactly<InputException>(() => Read(text, options)).Message;

    private static string Read(string text, EmbeddingOptions options, ColumnLayout? model = null)
    {
        using var reader = new CsvEmbeddings(new StringReader(text), "rows.csv", ",", options, model);
        return string.Join(' ', reader.Read().Select(row => $"{row.Id}:{string.Join(',', row.Features.Select(Fixtures.SampleRows.Text))}"));
    }
}
