using Dime.MLNet.Evidence.Data;
using Dime.MLNet.Evidence.Peers;
using MathNet.Numerics.LinearAlgebra;
using static Dime.MLNet.Evidence.Tests.GivenRows;

namespace Dime.MLNet.Evidence.Tests;

/// <summary>The peers, against answers worked out by hand or by another way.</summary>
[TestClass]
public sealed class PeerTests
{
    private static readonly double[][] _weights = [.. Enumerable.Range(0, 6).Select(j => Enumerable.Range(0, 3).Select(c => Math.Sin((1 + j) * (1 + c))).ToArray())];
    private static readonly double[] _bias = [0.5, -0.25, 1];

    [TestMethod]
    public void Maximum_softmax_is_what_the_other_classes_have()
    {
        double[] scores = new MaximumSoftmax(Z).Score(Of(Z, [0, (float)Math.Log(3), 0], [40, 0, 0]));

        Assert.AreEqual(2.0 / 5, scores[0], 1e-7);
        Assert.AreEqual(2 * Math.Exp(-40), scores[1], 1e-24);
    }

    [TestMethod]
    public void Energy_is_that_of_its_formula_without_overflow()
    {
        double[] scores = new LogitEnergy(Z).Score(Of(Z, [1, 2, 3], [1000, 1000, 0]));

        Assert.AreEqual(-Math.Log(Math.Exp(1) + Math.Exp(2) + Math.Exp(3)), scores[0], 1e-12);
        Assert.AreEqual(-1000 - Math.Log(2), scores[1], 1e-9);
    }

    [TestMethod]
    public void Neighbours_are_those_of_a_search_one_by_one()
    {
        float[][] training = Random(300, 8, seed: 1);
        float[][] rows = [.. Random(270, 8, seed: 2), new float[8]];
        double[] scores = new NearestNeighbours(X, Of(X, training), neighbours: 50).Score(Of(X, rows));

        for (int i = 0; i < rows.Length; i++)
        {
            double expected = training.Select(other => Distance(Unit(rows[i]), Unit(other))).Order().ElementAt(49);
            Assert.AreEqual(expected, scores[i], 1e-9, $"row {i}");
        }
    }

    [TestMethod]
    public void Neighbours_are_no_more_than_there_are()
    {
        var peer = new NearestNeighbours(X, Of(X, [1, 0], [0, 2], [-3, 0]), neighbours: 50);

        Assert.AreEqual("KNN-3", peer.Name);
        Assert.AreEqual(2, peer.Score(Of(X, [5, 0]))[0], 1e-12);
    }

    [TestMethod]
    public void Class_distance_is_that_of_the_inverse_covariance()
    {
        float[][] training = Random(200, 5, seed: 3);
        int[] classes = [.. training.Select((row, i) => i % 3)];
        for (int i = 0; i < training.Length; i++)
        {
            training[i][0] += 4 * classes[i];
        }

        float[][] rows = Random(20, 5, seed: 4);
        double[] scores = new ClassMahalanobisPeer(X, Of(X, training), classes).Score(Of(X, rows));

        Vector<double>[] means = [.. Enumerable.Range(0, 3).Select(c => Mean(training.Where((_, i) => classes[i] == c)))];
        Matrix<double> covariance = Matrix<double>.Build.Dense(5, 5);
        for (int i = 0; i < training.Length; i++)
        {
            Vector<double> residual = Doubles(training[i]) - means[classes[i]];
            covariance += residual.OuterProduct(residual) / training.Length;
        }

        for (int i = 0; i < rows.Length; i++)
        {
            double expected = means.Min(mean => (Doubles(rows[i]) - mean).DotProduct(covariance.LU().Solve(Doubles(rows[i]) - mean)));
            Assert.AreEqual(expected, scores[i], 1e-9 * expected, $"row {i}");
        }
    }

    [TestMethod]
    public void Class_distance_passes_over_features_that_never_vary()
    {
        float[][] training = [[0, 7, 0], [2, 7, 0], [1, 7, 1], [1, 7, -1]];
        double[] scores = new ClassMahalanobisPeer(X, Of(X, training), [0, 0, 0, 0]).Score(Of(X, [2, 9, 0]));

        // Variances 1/2 and 1/2 around (1, 7, 0).
        Assert.AreEqual(2, scores[0], 1e-9);
    }

    [TestMethod]
    public void Last_layer_is_found()
    {
        FeatureRows rows = WithLogits(Random(100, 6, seed: 5), _weights, _bias);
        var head = LinearHead.Fit(rows.Matrix(X), rows.Matrix(Z));

        Assert.IsLessThan(1e-5, (head.Weights - Matrix<double>.Build.DenseOfRowArrays(_weights)).FrobeniusNorm());
        Assert.IsLessThan(1e-5, (head.Bias - Vector<double>.Build.Dense(_bias)).L2Norm());
        Assert.IsLessThan(1e-10, head.UnexplainedShare);
    }

    [TestMethod]
    public void Last_layer_that_is_none_is_told()
    {
        float[][] embeddings = Random(100, 6, seed: 6);
        FeatureRows rows = WithLogits(embeddings, _weights, _bias);
        Matrix<double> squares = rows.Matrix(Z).PointwisePower(2);

        Assert.IsGreaterThan(0.01, LinearHead.Fit(rows.Matrix(X), squares).UnexplainedShare);
    }

    [TestMethod]
    public void Virtual_logit_is_that_worked_out_by_hand()
    {
        // Rows on the axes: these are the eigenvectors, and the first two the principal space. Without bias the origin stays.
        float[][] training = [[4, 0, 0, 0], [-4, 0, 0, 0], [0, 3, 0, 0], [0, -3, 0, 0], [0, 0, 2, 0], [0, 0, -2, 0], [0, 0, 0, 1], [0, 0, 0, -1]];
        double[][] weights = [[1, 0], [0, 1], [1, 0], [0, 1]];
        double[] none = [0, 0];
        var peer = new VirtualLogit(X, Z, WithLogits(training, weights, none));

        // Largest logits 4, 0, 3, 0, 2, 0, 1, 0; residuals 0 and 2, 2, 1, 1.
        const double Scale = (4 + 0 + 3 + 0 + 2 + 0 + 1 + 0) / 6.0;
        double[] scores = peer.Score(WithLogits([[5, -1, 3, 4], [0.5f, 2, 0, 0]], weights, none));
        Assert.AreEqual((Scale * 5) - Math.Log(Math.Exp(8) + Math.Exp(3)), scores[0], 1e-6);
        Assert.AreEqual(-Math.Log(Math.Exp(0.5) + Math.Exp(2)), scores[1], 1e-6);
    }

    [TestMethod]
    public void Virtual_logit_is_that_of_singular_vectors_and_the_true_layer()
    {
        FeatureRows training = WithLogits(Random(150, 6, seed: 7), _weights, _bias);
        FeatureRows rows = WithLogits(Random(30, 6, seed: 8), _weights, _bias);
        double[] scores = new VirtualLogit(X, Z, training).Score(rows);

        // The point nearest to 0 where all logits are 0: W (WᵀW)⁻¹ (−b).
        Matrix<double> weights = Matrix<double>.Build.DenseOfRowArrays(_weights);
        Vector<double> origin = weights * weights.TransposeThisAndMultiply(weights).LU().Solve(-Vector<double>.Build.Dense(_bias));
        Matrix<double> principal = Shifted(training).Svd().VT.SubMatrix(0, 3, 0, 6);
        double scale = training.Matrix(Z).EnumerateRows().Average(row => row.Max()) / Residuals(Shifted(training)).Average();
        double[] residuals = Residuals(Shifted(rows));
        for (int i = 0; i < rows.Count; i++)
        {
            double expected = (scale * residuals[i]) - Math.Log(rows.Matrix(Z).Row(i).Sum(Math.Exp));
            Assert.AreEqual(expected, scores[i], 1e-4, $"row {i}");
        }

        Matrix<double> Shifted(FeatureRows of) => Matrix<double>.Build.DenseOfRowVectors(of.Matrix(X).EnumerateRows().Select(row => row - origin));

        double[] Residuals(Matrix<double> shifted) => [.. shifted.EnumerateRows().Select(row => (row - (principal.Transpose() * (principal * row))).L2Norm())];
    }

    [TestMethod]
    [DataRow(2048, 1000)]
    [DataRow(768, 512)]
    [DataRow(512, 256)]
    public void Principal_space_is_the_papers(int dimension, int expected) => Assert.AreEqual(expected, VirtualLogit.PrincipalDimension(dimension));

    private static double[] Unit(float[] row)
    {
        double norm = Math.Sqrt(row.Sum(x => (double)x * x));
        return [.. row.Select(x => x / Math.Max(norm, 1e-12))];
    }

    private static double Distance(double[] a, double[] b) => Math.Sqrt(a.Zip(b, (x, y) => (x - y) * (x - y)).Sum());

    private static Vector<double> Doubles(float[] row) => Vector<double>.Build.Dense(row.Length, i => row[i]);

    private static Vector<double> Mean(IEnumerable<float[]> rows) => rows.Select(Doubles).Aggregate((a, b) => a + b) / rows.Count();
}
