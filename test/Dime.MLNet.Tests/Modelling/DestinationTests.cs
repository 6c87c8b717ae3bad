namespace Dime.MLNet.Tests.Modelling;

/// <summary>What holds of every method that takes rows and fills a destination.</summary>
[TestClass]
public sealed class DestinationTests
{
    private const int Dimension = 6;
    private const int Rank = 2;

    private readonly ModelledEmbedding _model = ModelledEmbedding
        .Fit(Embeddings.Features(60, Dimension, 1), Dimension, rank: Rank)
        .Calibrate(Embeddings.Features(60, Dimension, 2));

    private delegate void Filling(ModelledEmbedding model, float[] rows, Span<float> destination);

    private sealed record Method(string Input, int InputWidth, int OutputWidth, Func<ModelledEmbedding, float[], float[]> Returning, Filling Filling);

    public static IEnumerable<string> Names => Methods.Keys;

    private static Dictionary<string, Method> Methods => new()
    {
        ["Transform"] = new("rows", Dimension, Rank, (m, x) => m.Transform(x), (m, x, y) => m.Transform(x, y)),
        ["InverseTransform"] = new("scores", Rank, Dimension, (m, x) => m.InverseTransform(x), (m, x, y) => m.InverseTransform(x, y)),
        ["ResidualSumOfSquares"] = new("rows", Dimension, 1, (m, x) => m.ResidualSumOfSquares(x), (m, x, y) => m.ResidualSumOfSquares(x, y)),
        ["DistanceToHyperplane"] = new("rows", Dimension, 1, (m, x) => m.DistanceToHyperplane(x), (m, x, y) => m.DistanceToHyperplane(x, y)),
        ["DistanceWithinHyperplane"] = new("rows", Dimension, 1, (m, x) => m.DistanceWithinHyperplane(x), (m, x, y) => m.DistanceWithinHyperplane(x, y)),
        ["ProbabilityOfDistanceToHyperplane"] = new(
            "rows", Dimension, 1, (m, x) => m.ProbabilityOfDistanceToHyperplane(x), (m, x, y) => m.ProbabilityOfDistanceToHyperplane(x, y)),
        ["ProbabilityOfDistanceWithinHyperplane"] = new(
            "rows", Dimension, 1, (m, x) => m.ProbabilityOfDistanceWithinHyperplane(x), (m, x, y) => m.ProbabilityOfDistanceWithinHyperplane(x, y)),
    };

    [TestMethod]
    [DynamicData(nameof(Names))]
    public void Destination_gets_what_the_method_returns(string name)
    {
        Method method = Methods[name];
        float[] input = Embeddings.Features(5, method.InputWidth, 3);
        float[] destination = new float[5 * method.OutputWidth];

        method.Filling(_model, input, destination);

        PrecisionAssert.SameBits(method.Returning(_model, input), destination);
    }

    [TestMethod]
    [DynamicData(nameof(Names))]
    public void Longer_destination_is_left_alone_behind_the_results(string name)
    {
        Method method = Methods[name];
        float[] input = Embeddings.Features(5, method.InputWidth, 3);
        float[] destination = new float[(5 * method.OutputWidth) + 40];
        Array.Fill(destination, -7f);

        method.Filling(_model, input, destination);

        float[] expected = [.. method.Returning(_model, input), .. Enumerable.Repeat(-7f, 40)];
        PrecisionAssert.SameBits(expected, destination);
    }

    [TestMethod]
    [DynamicData(nameof(Names))]
    public void Destination_that_is_too_short_is_an_error_and_left_alone(string name)
    {
        Method method = Methods[name];
        float[] input = Embeddings.Features(5, method.InputWidth, 3);
        float[] destination = new float[(5 * method.OutputWidth) - 1];
        Array.Fill(destination, -7f);

        ArgumentException error = Assert.ThrowsExactly<ArgumentException>(() => method.Filling(_model, input, destination));

        Assert.AreEqual("destination", error.ParamName);
        StringAssert.Contains(error.Message, $"{destination.Length + 1}", StringComparison.Ordinal);
        Assert.IsTrue(destination.All(x => x == -7));
    }

    [TestMethod]
    [DynamicData(nameof(Names))]
    public void Input_that_is_no_whole_number_of_rows_is_an_error(string name)
    {
        Method method = Methods[name];
        float[] input = new float[(5 * method.InputWidth) + 1];

        ArgumentException error = Assert.ThrowsExactly<ArgumentException>(() => method.Returning(_model, input));

        Assert.AreEqual(method.Input, error.ParamName);
        StringAssert.Contains(error.Message, $"{input.Length}", StringComparison.Ordinal);
        StringAssert.Contains(error.Message, $"{method.InputWidth}", StringComparison.Ordinal);
        Assert.ThrowsExactly<ArgumentException>(() => method.Filling(_model, input, new float[1000]));
    }

    [TestMethod]
    [DynamicData(nameof(Names))]
    public void No_rows_give_no_results(string name)
    {
        Method method = Methods[name];
        float[] destination = [-7];

        method.Filling(_model, [], destination);

        Assert.IsEmpty(method.Returning(_model, []));
        Assert.AreEqual(-7, destination[0]);
    }
}
