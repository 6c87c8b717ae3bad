using CsCheck;
using Dime.MLNet.Tests.Onnx.Detectors;
using Embeddings = Dime.MLNet.Tests.Modelling.Embeddings;

namespace Dime.MLNet.Tests.Properties;

/// <summary>ONNX Runtime says of a row what .NET says.</summary>
[TestClass]
public sealed class OnnxProperties
{
    [TestMethod]
    public void Detectors_agree() =>
        Gen.Select(AnyRows.OfAnyShape, Gen.Bool).SampleFitted(
            sample =>
            {
                (AnyRows any, bool normalize) = sample;
                if (any.Embedding(normalize) is not { } model)
                {
                    return false;
                }

                float[] rows = any.Unseen(60), expected = model.DistanceToHyperplane(rows);
                OnnxGraph graph = model.ToOnnx();
                OnnxDetectorInfo info = graph.Detectors.Single();

                float[] actual = DetectorRun.Of(graph, rows, any.Dimension)[info.DistanceOutput];

                for (int i = 0; i < expected.Length; i++)
                {
                    float[] row = rows[(i * any.Dimension)..((i + 1) * any.Dimension)];
                    double length = normalize ? 1 : Embeddings.Length(row);
                    Assert.AreEqual(float.IsFinite(expected[i]), float.IsFinite(actual[i]), $"row {i}");
                    if (float.IsFinite(expected[i]))
                    {
                        Assert.AreEqual(expected[i], actual[i], Math.Max(1e-3 * expected[i], 3e-4 * length), $"row {i}");
                    }
                }

                return true;
            },
            iter: 25);

    [TestMethod]
    public void Ensembles_agree() =>
        AnyRows.OfAnyShape.SampleFitted(
            any =>
            {
                if (any.Ensemble() is not { } model)
                {
                    return false;
                }

                var run = EnsembleRun.Of(model, any.Unseen(60));

                run.ScoresAgree();
                run.VerdictAgrees(model.ToOnnx().Detectors.Single());

                return true;
            },
            iter: 25);
}
