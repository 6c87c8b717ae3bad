using System.Runtime.InteropServices;
using Dime.MLNet.Tests.Fixtures;
using Microsoft.ML;

namespace Dime.MLNet.Tests.Detection;

/// <summary>When distances become probabilities.</summary>
[TestClass]
public sealed class ProbabilityLookupTests
{
    [TestMethod]
    public void Probability_and_flag_of_a_row_come_from_one_look_up()
    {
        var mlContext = new MLContext(seed: 1);
        DimeTransformer model = mlContext.Transforms.DetectOutOfDistribution(rank: 2)
            .Fit(mlContext.Data.LoadFromEnumerable(Embeddings.Create(200)), mlContext.Data.LoadFromEnumerable(Embeddings.Create(101, seed: 2)));
        IDataView scored = model.Transform(mlContext.Data.LoadFromEnumerable(Embeddings.Create(10, seed: 3)));
        float[] expected = [.. model.Embedding.ProbabilityOfDistanceToHyperplane(Embeddings.Flatten(Embeddings.Create(10, seed: 3)))];
        using DataViewRowCursor cursor = scored.GetRowCursor([scored.Schema["DimeProbability"], scored.Schema["IsOutOfDistribution"]]);
        ValueGetter<float> probabilityGetter = cursor.GetGetter<float>(scored.Schema["DimeProbability"]);
        ValueGetter<bool> flagGetter = cursor.GetGetter<bool>(scored.Schema["IsOutOfDistribution"]);
        Assert.IsTrue(cursor.MoveNext());

        // Where nothing is looked up any more, percentiles that no distance is below make no difference.
        MemoryMarshal.AsMemory(model.Embedding.DistancePercentiles).Span.Clear();

        float probability = 0;
        bool flag = false;
        for (int i = 0; i < expected.Length; i++)
        {
            probabilityGetter(ref probability);
            flagGetter(ref flag);
            Assert.AreEqual(expected[i], probability);
            Assert.AreEqual(expected[i] >= 0.95f, flag);
            Assert.AreEqual(i + 1 < expected.Length, cursor.MoveNext());
        }
    }
}
