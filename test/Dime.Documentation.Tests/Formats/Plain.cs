namespace Dime.Documentation.Tests.Formats;

/// <summary>Arithmetic in double precision, a loop each.</summary>
internal static class Plain
{
    public static double[] Of(IReadOnlyList<float> row, bool normalizes)
    {
        double[] values = [.. row.Select(value => (double)value)];
        double length = Math.Max(Length(values), 1e-12);
        return normalizes ? Array.ConvertAll(values, value => value / length) : values;
    }

    public static double Length(IEnumerable<double> values) => Math.Sqrt(values.Sum(value => value * value));

    /// <summary>x·M, M row-major with so many columns.</summary>
    public static double[] Product(double[] x, float[] matrix, int columns) =>
        [.. Enumerable.Range(0, columns).Select(j => x.Select((value, i) => value * matrix[(i * columns) + j]).Sum())];

    /// <summary>‖x − (xV)Vᵀ‖.</summary>
    public static double Outside(double[] x, float[] basis, int columns)
    {
        double[] scores = Product(x, basis, columns);
        return Length(x.Select((value, i) => value - scores.Select((score, j) => score * basis[(i * columns) + j]).Sum()));
    }
}
