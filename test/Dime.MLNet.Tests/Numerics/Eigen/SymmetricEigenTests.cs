using Dime.MLNet.Numerics;
using Dime.MLNet.Numerics.Eigen;
using Dime.MLNet.Numerics.Simd;
using Dime.MLNet.Tests.Fixtures;
using MathNet.Numerics.LinearAlgebra;
using MathNet.Numerics.LinearAlgebra.Factorization;

namespace Dime.MLNet.Tests.Numerics.Eigen;

[TestClass]
public sealed class SymmetricEigenTests
{
    [TestMethod]
    [DataRow(1)]
    [DataRow(2)]
    [DataRow(3)]
    [DataRow(5)]
    [DataRow(8)]
    [DataRow(16)]
    [DataRow(32)]
    [DataRow(33)]
    [DataRow(64)]
    [DataRow(65)]
    [DataRow(100)]
    [DataRow(200)]
    public void All_pairs_agree_with_an_independent_solver(int order)
    {
        double[] matrix = SymmetricEigenCases.SecondMoment(order, 3 * order, seed: order);

        EigenPairs pairs = SymmetricEigen.Largest(matrix, order, order);

        Evd<double> oracle = Matrix<double>.Build.Dense(order, order, matrix).Evd(Symmetricity.Symmetric);
        Assert.AreEqual(order, pairs.Count);
        Assert.AreEqual(order, pairs.NumericalRank);
        SymmetricEigenAssert.HasValues(oracle.EigenValues.Select(value => value.Real), pairs);
        SymmetricEigenAssert.AreEigenpairs(matrix, order, pairs);

        // Vectors of well separated values are the same up to sign.
        double[] expected = oracle.EigenVectors.Column(order - 1).ToArray();
        double sign = Math.Sign(expected.MaxBy(Math.Abs));
        for (int i = 0; i < order; i++)
        {
            Assert.AreEqual(sign * expected[i], pairs.Vectors[i], 1e-9);
        }
    }

    [TestMethod]
    [DataRow(1, 1)]
    [DataRow(20, 3)]
    [DataRow(100, 30)]
    [DataRow(200, 199)]
    public void All_pairs_are_there_also_beyond_the_numerical_rank(int order, int rank)
    {
        double[] matrix = SymmetricEigenCases.WithSpectrum([.. Enumerable.Range(0, order).Select(i => i < rank ? rank - i : 0.0)], seed: 3);

        EigenPairs pairs = SymmetricEigen.All(matrix, order);

        Assert.AreEqual(order, pairs.Count);
        Assert.AreEqual(rank, pairs.NumericalRank);
        Matrix<double> v = Matrix<double>.Build.Dense(order, order, (i, j) => pairs.Vectors[(i * order) + j]);
        Matrix<double> product = v * Matrix<double>.Build.Dense(order, order, matrix) * v.Transpose();
        Matrix<double> gram = v * v.Transpose();
        for (int i = 0; i < order; i++)
        {
            Assert.AreEqual(i < rank ? rank - i : 0, pairs.Values[i], 1e-11);
            for (int j = 0; j < order; j++)
            {
                Assert.AreEqual(i == j ? pairs.Values[i] : 0, product[i, j], 1e-11);
                Assert.AreEqual(i == j ? 1 : 0, gram[i, j], 1e-11);
            }
        }
    }

    [TestMethod]
    [DataRow(1, 1)]
    [DataRow(20, 2)]
    [DataRow(150, 7)]
    public void The_whole_spectrum_is_there_whatever_the_number_of_pairs(int order, int count)
    {
        double[] matrix = SymmetricEigenCases.SecondMoment(order, 2 * order, seed: 5);

        EigenPairs pairs = SymmetricEigen.Largest(matrix, order, count);

        double[] expected = [.. Matrix<double>.Build.Dense(order, order, matrix).Evd(Symmetricity.Symmetric).EigenValues.Select(value => value.Real).OrderDescending()];
        Assert.HasCount(order, pairs.Spectrum);
        for (int i = 0; i < order; i++)
        {
            Assert.AreEqual(expected[i], pairs.Spectrum[i], 1e-13 * order * expected[0]);
        }

        CollectionAssert.AreEqual(pairs.Values, pairs.Spectrum[..count]);
    }

    [TestMethod]
    [DataRow(20, 1)]
    [DataRow(100, 7)]
    [DataRow(200, 64)]
    [DataRow(333, 100)]
    public void Only_the_leading_pairs_are_returned_when_fewer_are_asked_for(int order, int count)
    {
        double[] matrix = SymmetricEigenCases.SecondMoment(order, 2 * order, seed: 1);

        EigenPairs pairs = SymmetricEigen.Largest(matrix, order, count);

        EigenPairs all = SymmetricEigen.Largest(matrix, order, order);
        Assert.AreEqual(count, pairs.Count);
        CollectionAssert.AreEqual(all.Values[..count], pairs.Values);
        SymmetricEigenAssert.AreEigenpairs(matrix, order, pairs);
    }

    [TestMethod]
    public void Clusters_are_resolved_into_orthogonal_vectors()
    {
        double[] values = [.. Enumerable.Range(0, 150).Select(i => (1 + (i / 30)) + (1e-14 * i))];

        AssertSpectrum(values, rank: 150);
    }

    [TestMethod]
    [DataRow(70, 1.0)]
    [DataRow(70, 3e7)]
    [DataRow(1, 4.0)]
    [DataRow(9, 0.1)]
    public void Multiples_of_the_identity_are_solved(int order, double value)
    {
        double[] matrix = SymmetricEigenCases.Diagonal([.. Enumerable.Repeat(value, order)]);

        EigenPairs pairs = SymmetricEigen.Largest(matrix, order, order);

        Assert.AreEqual(order, pairs.Count);
        Assert.IsTrue(pairs.Values.All(found => found == value));
        SymmetricEigenAssert.AreEigenpairs(matrix, order, pairs);
    }

    [TestMethod]
    public void Repeated_values_are_found_as_often_as_they_occur()
    {
        double[] values = [.. Enumerable.Repeat(5.0, 40), .. Enumerable.Repeat(2.0, 50), .. Enumerable.Repeat(1.0, 30)];

        AssertSpectrum(values, rank: 120);
    }

    [TestMethod]
    public void Fast_decay_is_followed_down_to_rounding()
    {
        double[] values = [.. Enumerable.Range(0, 120).Select(i => Math.Pow(10.0, -16.0 * i / 119))];

        // What lies around P·2⁻⁵² is rounding of the matrix itself: only the values are compared.
        double[] matrix = SymmetricEigenCases.WithSpectrum(values, seed: 3);
        EigenPairs pairs = SymmetricEigen.Largest(matrix, 120, 120);

        SymmetricEigenAssert.HasValues(values, pairs);
        SymmetricEigenAssert.AreEigenpairs(matrix, 120, pairs);
        Assert.AreEqual(values.Count(value => value > 120.0 / (1L << 52)), pairs.NumericalRank, 3);
    }

    [TestMethod]
    [DataRow(50, 1)]
    [DataRow(50, 37)]
    [DataRow(200, 40)]
    [DataRow(300, 299)]
    public void Rank_deficiency_limits_the_pairs_and_is_reported(int order, int rank)
    {
        double[] matrix = SymmetricEigenCases.SecondMoment(order, rank, seed: 5);

        EigenPairs pairs = SymmetricEigen.Largest(matrix, order, order);

        Assert.AreEqual(rank, pairs.NumericalRank);
        Assert.AreEqual(rank, pairs.Count);
        SymmetricEigenAssert.AreEigenpairs(matrix, order, pairs);
    }

    [TestMethod]
    public void A_zero_matrix_has_no_pairs()
    {
        foreach (int order in new[] { 1, 2, 7, 100 })
        {
            EigenPairs pairs = SymmetricEigen.Largest(new double[order * order], order, order);

            Assert.AreEqual(0, pairs.NumericalRank);
            Assert.AreEqual(0, pairs.Count);
            Assert.AreEqual(0.0, pairs.Trace);
            Assert.AreEqual(0, SymmetricEigen.ForShare(new double[order * order], order, 1.0).Count);
        }
    }

    [TestMethod]
    public void A_diagonal_matrix_gives_its_elements_and_unit_vectors()
    {
        double[] matrix = SymmetricEigenCases.Diagonal(2.0, 0.0, 9.0, 4.0);

        EigenPairs pairs = SymmetricEigen.Largest(matrix, 4, 4);

        CollectionAssert.AreEqual(new[] { 9.0, 4.0, 2.0 }, pairs.Values);
        CollectionAssert.AreEqual(new[] { 0.0, 0, 1, 0, 0, 0, 0, 1, 1, 0, 0, 0 }, pairs.Vectors);
        Assert.AreEqual(15.0, pairs.Trace);
    }

    [TestMethod]
    public void A_long_diagonal_of_many_sizes_is_sorted()
    {
        double[] values = [.. Enumerable.Range(0, 130).Select(i => (double)((i * 37 % 130) + 1))];

        EigenPairs pairs = SymmetricEigen.Largest(SymmetricEigenCases.Diagonal(values), 130, 130);

        CollectionAssert.AreEqual(values.OrderDescending().ToArray(), pairs.Values);
    }

    [TestMethod]
    [DataRow(6)]
    [DataRow(150)]
    public void A_tridiagonal_matrix_agrees_with_its_formula(int order)
    {
        double[] matrix = SymmetricEigenCases.Tridiagonal(order, 2.0, -1.0);

        EigenPairs pairs = SymmetricEigen.Largest(matrix, order, order);

        SymmetricEigenAssert.HasValues(Enumerable.Range(1, order).Select(i => 2.0 - (2.0 * Math.Cos(Math.PI * i / (order + 1)))), pairs);
        SymmetricEigenAssert.AreEigenpairs(matrix, order, pairs);
    }

    [TestMethod]
    [DataRow(1e-30)]
    [DataRow(1e30)]
    [DataRow(1e-290)]
    [DataRow(1e290)]
    public void Scale_does_not_matter(double scale)
    {
        const int Order = 60;
        double[] matrix = SymmetricEigenCases.SecondMoment(Order, 40, seed: 8);
        double[] scaled = [.. matrix.Select(value => value * scale)];

        EigenPairs pairs = SymmetricEigen.Largest(scaled, Order, Order);

        Assert.AreEqual(40, pairs.Count);
        SymmetricEigenAssert.HasValues(SymmetricEigen.Largest(matrix, Order, Order).Values.Select(value => value * scale), pairs);
        SymmetricEigenAssert.AreEigenpairs(scaled, Order, pairs);
    }

    [TestMethod]
    public void Features_of_very_different_scale_are_solved()
    {
        const int Order = 40;
        double[] matrix = SymmetricEigenCases.SecondMoment(Order, 80, seed: 9);
        for (int i = 0; i < matrix.Length; i++)
        {
            double scale(int feature) => Math.Pow(10.0, (feature * 30 / (Order - 1)) - 15);
            matrix[i] *= scale(i / Order) * scale(i % Order);
        }

        EigenPairs pairs = SymmetricEigen.Largest(matrix, Order, Order);

        Assert.IsGreaterThan(0, pairs.Count);
        SymmetricEigenAssert.AreEigenpairs(matrix, Order, pairs);
    }

    [TestMethod]
    [DataRow(300, 200)]
    [DataRow(600, 90)]
    public void Larger_matrices_leave_small_residuals(int order, int count)
    {
        double[] matrix = SymmetricEigenCases.SecondMoment(order, order + 50, seed: 10);

        SymmetricEigenAssert.AreEigenpairs(matrix, order, SymmetricEigen.Largest(matrix, order, count));
    }

    [TestMethod]
    [DataRow(100)]
    [DataRow(417)]
    [DataRow(700)]
    public void Any_number_of_threads_gives_the_same_bits(int order)
    {
        double[] matrix = SymmetricEigenCases.SecondMoment(order, 2 * order, seed: 11);

        EigenPairs one = SymmetricEigen.ForShare(matrix, order, 0.9, maxDegreeOfParallelism: 1);
        foreach (int threads in new[] { 2, 5, -1 })
        {
            EigenPairs many = SymmetricEigen.ForShare(matrix, order, 0.9, threads);

            CollectionAssert.AreEqual(one.Values, many.Values);
            CollectionAssert.AreEqual(one.Vectors, many.Vectors);
        }
    }

    [TestMethod]
    public void Only_the_upper_triangle_is_read()
    {
        const int Order = 50;
        double[] matrix = SymmetricEigenCases.SecondMoment(Order, 90, seed: 12);
        double[] upper = (double[])matrix.Clone();
        for (int i = 0; i < matrix.Length; i++)
        {
            upper[i] = i / Order > i % Order ? double.NaN : upper[i];
        }

        CollectionAssert.AreEqual(
            SymmetricEigen.Largest(matrix, Order, 5).Vectors,
            SymmetricEigen.Largest(upper, Order, 5).Vectors);
    }

    [TestMethod]
    public void The_basis_has_the_vectors_as_columns()
    {
        EigenPairs pairs = SymmetricEigen.Largest(SymmetricEigenCases.Diagonal(2.0, 0.0, 9.0), 3, 2);

        CollectionAssert.AreEqual(new[] { 0f, 1f, 0f, 0f, 1f, 0f }, pairs.ToBasis());
    }

    [TestMethod]
    public void Values_that_are_not_finite_are_refused()
    {
        double[] matrix = SymmetricEigenCases.Diagonal(1.0, 2.0, double.PositiveInfinity);

        ArgumentException error = Assert.ThrowsExactly<ArgumentException>(() => SymmetricEigen.Largest(matrix, 3, 1));

        StringAssert.Contains(error.Message, "Row 2", StringComparison.Ordinal);
    }

    [TestMethod]
    public void Arguments_out_of_range_are_refused()
    {
        double[] matrix = SymmetricEigenCases.Diagonal(1.0, 2.0);

        Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => SymmetricEigen.Largest(matrix, 2, 0));
        Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => SymmetricEigen.Largest(matrix, 2, 3));
        Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => SymmetricEigen.Largest([], 0, 0));
        Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => SymmetricEigen.Largest(new UpperMatrix(2, 1, TileKernels.Double), 2, 0));
        RefusalAssert.Names(() => SymmetricEigen.Largest(matrix, 3, 1), "order 3", "9 elements", "not 4");
    }

    private static void AssertSpectrum(double[] values, int rank)
    {
        double[] matrix = SymmetricEigenCases.WithSpectrum(values, seed: 2);

        EigenPairs pairs = SymmetricEigen.Largest(matrix, values.Length, values.Length);

        Assert.AreEqual(rank, pairs.Count);
        SymmetricEigenAssert.HasValues(values, pairs);
        SymmetricEigenAssert.AreEigenpairs(matrix, values.Length, pairs);
    }
}
