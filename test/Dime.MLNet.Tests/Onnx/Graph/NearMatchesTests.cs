using Dime.MLNet.Onnx.Graph;

namespace Dime.MLNet.Tests.Onnx.Graph;

[TestClass]
public sealed class NearMatchesTests
{
    [TestMethod]
    public void Nearest_comes_first_whatever_the_case() =>
        Assert.AreEqual("relu_2 relu_3 relu_21x", string.Join(" ", NearMatches.Find("RELU_2", ["relu_21x", "conv", "relu_3", "relu_2"])));

    [TestMethod]
    public void Part_of_a_long_name_finds_it() =>
        CollectionAssert.AreEqual(new[] { "/l2/l2.1/Relu_1_output_0" }, NearMatches.Find("l2.1", ["/l2/l2.1/Relu_1_output_0", "/l3/l3.1/Add"]).ToArray());

    [TestMethod]
    public void At_most_five_are_listed() =>
        Assert.HasCount(5, NearMatches.Find("a", Enumerable.Range(0, 10).Select(i => $"a{i}")));

    [TestMethod]
    public void Absurdly_long_names_are_left_out()
    {
        string absurd = new string('a', 1_000_000);

        Assert.IsEmpty(NearMatches.Find(absurd, ["a"]));
        Assert.IsEmpty(NearMatches.Find("a", [absurd]));
    }
}
