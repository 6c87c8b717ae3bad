using Dime.Tool.Inputs;

namespace Dime.Tool.Tests.Inputs;

/// <summary>What is taken from small files, as "id: features; what is left out".</summary>
[TestClass]
public sealed class ColumnRulesTests
{
    [TestMethod]
    [DataRow("f0,f1,f2\n0.5,1,2\n0.25,2,3\n", "-: f0..f2;")]
    [DataRow("name,f0,f1\na,0.5,1\nb,0.25,2\n", "name: f0 f1;")]
    [DataRow("f0,f1,note\n0.5,1,a\n0.25,2,b\n", "note: f0 f1;")]
    [DataRow("id,f0,f1\n7,0.5,1\n3,0.25,2\n", "id: f0 f1;")]
    [DataRow("f0,f1,image_id\n0.5,1,7\n0.25,2,7\n", "image_id: f0 f1;")]
    [DataRow("f0,f1,imageId\n0.5,1,7\n0.25,2,7\n", "imageId: f0 f1;")]
    [DataRow("Unnamed: 0,f0,f1\n0,0.5,1\n1,0.25,2\n", "Unnamed: 0: f0 f1;")]
    [DataRow(",f0,f1\n0,0.5,1\n1,0.25,2\n", "number 1: f0 f1;")]
    [DataRow("key,f0,f1\n12,0.5,1\nx,0.25,2\n", "key: f0 f1;")]
    [DataRow("name,f0,f1\nN/A,0.5,1\n4,0.25,2\n", "name: f0 f1;")]
    [DataRow("id,label,f0\n1,cat,0.5\n2,dog,0.25\n", "id: f0; label")]
    [DataRow("label,file,f0,f1\ncat,a.png,0.5,1\ndog,b.png,0.25,2\n", "file: f0 f1; label")]
    [DataRow("width,f0,f1\n1,0.5,1\n1,0.25,2\n1,0.5,3\n", "-: width..f1;")]
    [DataRow("f0,f1,f2\n0,0.5,1\n0,0.25,2\n3,0.5,3\n", "-: f0..f2;")]
    [DataRow("1,0.5\n2,0.25\n", "-: 1 2;")]
    [DataRow("a,0.5,1\nb,0.25,2\n", "1: 2 3;")]
    public void Files_that_can_be_meant_in_one_way_need_no_options(string text, string taken) => Assert.AreEqual(taken, Take(text, new EmbeddingOptions()));

    [TestMethod]
    [DataRow("sample,f0,f1\n7,0.5,1\n3,0.25,2\n5,0.25,3\n", "'sample'", "--id sample", "--columns sample..f1")]
    [DataRow("7,0.5,1\n3,0.25,2\n5,0.25,3\n", "'1'", "--id 1", "--columns 1..3")]
    [DataRow("1,5,3\n2,3,3\n3,9,3\n", "'1'", "--id 1")]
    [DataRow("id,f0,f1\n0.5,0.5,1\n3,0.25,2\n", "'id'", "named as an id", "--id id", "--columns id..f1")]
    [DataRow("f0,f1,label\n0.5,1,0\n0.25,2,1\n", "'label'", "--columns f0,f1")]
    [DataRow("a,b,f0\nx,y,0.5\nz,w,0.25\n", "a, b", "--id")]
    [DataRow("id,name,f0\n1,y,0.5\n2,w,0.25\n", "id, name", "--id")]
    [DataRow("f0,f1,f2\n0.5,1,\n0.25,2,\n", "'f2'", "no value", "--columns f0,f1")]
    [DataRow("f0,f0\n0.5,1\n0.25,2\n", "two columns are named 'f0'")]
    [DataRow("a,b\nx,y\nz,w\n", "no column of numbers", "--columns", "--delimiter")]
    [DataRow("id\n1\n2\n", "no column of numbers")]
    public void Files_that_can_be_meant_in_two_ways_ask_for_an_option(string text, params string[] words) => Refuses(text, new EmbeddingOptions(), null, words);

    [TestMethod]
    [DataRow("sample,f0,f1\n7,0.5,1\n3,0.25,2\n5,0.25,3\n", "f0,f1", null, "-: f0 f1; sample")]
    [DataRow("sample,f0,f1\n7,0.5,1\n3,0.25,2\n5,0.25,3\n", "sample..f1", null, "-: sample..f1;")]
    [DataRow("sample,f0,f1\n7,0.5,1\n3,0.25,2\n5,0.25,3\n", null, "sample", "sample: f0 f1;")]
    [DataRow("a,b,f0\nx,y,0.5\nz,w,0.25\n", null, "b", "b: f0; a")]
    [DataRow("a,b\nN/A,0.5\n1,0.25\n", "b", null, "-: b; a")]
    [DataRow("a,b\nN/A,0.5\n1,0.25\n", null, "a", "a: b;")]
    [DataRow("id,f0,f1\n1,0.5,1\n3,0.25,2\n", "id,f1", null, "-: id f1; f0")]
    [DataRow("f0,f1,f2,f3\n0.5,1,2,3\n", "f3,f0..f2", null, "-: f3 f0..f2;")]
    public void Options_settle_it(string text, string? columns, string? id, string taken) =>
        Assert.AreEqual(taken, Take(text, new EmbeddingOptions(columns?.Split(','), id)));

    [TestMethod]
    [DataRow("f0,f0\n0.5,1\n", "f0", "two columns are named 'f0'")]
    [DataRow("f0,f1\n0.5,1\n", "f0,f0", "--columns names 'f0' twice")]
    [DataRow("name,f0\na,1\n", "name,f0", "'name' does not hold numbers")]
    [DataRow("a,b\nN/A,0.5\n1,0.25\n", "a,b", "'N/A' in line 2")]
    [DataRow("f0,f1\n0.5,1\n", "f0,f2", "no column 'f2'; it has f0, f1")]
    public void Options_that_cannot_be_followed_are_refused(string text, string columns, string word) =>
        Refuses(text, new EmbeddingOptions(columns.Split(',')), null, word);

    [TestMethod]
    [DataRow("f0,f1,f2\n1,2,3\n", "-: f0..f2; by name")]
    [DataRow("f2,f0,f1\n1,2,3\n", "-: f2..f1; by name")]
    [DataRow("f1,name,f0,f2\n1,a,2,3\n", "name: f1 f0 f2; by name")]
    [DataRow("id,f0,f1,f2\n1,1,2,3\n2,1,2,3\n3,1,2,3\n", "id: f0..f2; by name")]
    [DataRow("f0,f1,f2\n1,,3\n", "-: f0..f2; by name")]
    [DataRow("1,2,3\n", "-: 1..3; by position")]
    [DataRow("a,1,2,3\nb,4,5,6\n", "1: 2..4; by position")]
    [DataRow("1,0.5,3\n2,0.5,3\n3,0.5,3\n", "-: 1..3; by position")]
    public void A_model_s_names_are_found_in_any_order(string text, string taken) =>
        Assert.AreEqual(taken, Take(text, new EmbeddingOptions(), new ColumnLayout(3, ["f0", "f1", "f2"])));

    [TestMethod]
    [DataRow("f0,f1\n1,2\n", null, "f2 missing", "--columns")]
    [DataRow("f0,f1,f2,f3\n1,2,3,4\n", null, "f3 new", "--columns f0..f2", "--id")]
    [DataRow("f0,f1,g2\n1,2,3\n", null, "f2 missing", "g2 new", "--columns")]
    [DataRow("a,b,c\n1,2,3\n", null, "f0, f1, f2 missing", "a..c new")]
    [DataRow("f0,f1,f2\n1,x,3\n1,2,3\n", null, "'f1'", "'x' in line 2")]
    [DataRow("f0,f1,f2\n1,x,3\n", null, "'f1' does not hold numbers")]
    [DataRow("f0,f1,f2\n1,2,3\n", "f0,f1", "2 columns", "3 values")]
    [DataRow("f1,f0,g2\n1,2,3\n", "f1,f0,g2", "'f1' in the place of 'f0'")]
    [DataRow("1,2\n3,4\n", null, "2 columns", "3 values", "--columns")]
    [DataRow("1,2,3,4\n3,4,5,6\n", null, "4 columns", "3 values", "--id")]
    public void Columns_that_are_not_the_model_s_are_refused(string text, string? columns, params string[] words) =>
        Refuses(text, new EmbeddingOptions(columns?.Split(',')), new ColumnLayout(3, ["f0", "f1", "f2"]), words);

    [TestMethod]
    [DataRow("f2,f1,f0\n1,2,3\n", "f2,f1,f0", "-: f2..f0; by name")]
    [DataRow("a,b,c,d\n1,2,3,4\n", "a..c", "-: a..c; by position d")]
    [DataRow("f0,f1,g2\n1,2,3\n", "f0..g2", "-: f0..g2; by position")]
    public void Other_columns_stand_for_the_model_s_where_they_are_named(string text, string columns, string taken) =>
        Assert.AreEqual(taken, Take(text, new EmbeddingOptions(columns.Split(',')), new ColumnLayout(3, ["f0", "f1", "f2"])));

    // Zips of version 0.1.0 have no names, and may have been fitted to an id.
    [TestMethod]
    [DataRow("id,f0,f1\n1,0.5,2\n2,0.25,3\n", 3, "-: id..f1; by position")]
    [DataRow("id,f0,f1\n1,0.5,2\n2,0.25,3\n", 2, "id: f0 f1; by position")]
    [DataRow("name,f1,f0\na,0.5,2\n", 2, "name: f1 f0; by position")]
    public void Without_a_model_s_names_the_number_of_values_counts(string text, int dimension, string taken) =>
        Assert.AreEqual(taken, Take(text, new EmbeddingOptions(), new ColumnLayout(dimension, Names: null)));

    private static string Take(string text, EmbeddingOptions options, ColumnLayout? model = null)
    {
        using var reader = new CsvEmbeddings(new StringReader(text), "rows.csv", ",", options, model);
        TakenColumns taken = reader.Columns;
        string how = taken.MatchedByName switch { true => " by name", false => " by position", null => "" };
        return $"{taken.Id ?? "-"}: {string.Join(' ', taken.Features!)};{how} {string.Join(' ', taken.LeftOut)}".TrimEnd();
    }

    private static void Refuses(string text, EmbeddingOptions options, ColumnLayout? model, params string[] words)
    {
        string message = Assert.ThrowsExactly<InputException>(() => Take(text, options, model)).Message;
        Assert.StartsWith("'rows.csv': ", message);
        foreach (string word in words)
        {
            Assert.Contains(word, message);
        }
    }
}
