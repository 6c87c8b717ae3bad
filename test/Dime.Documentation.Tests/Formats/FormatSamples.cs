using System.Text.Json;

namespace Dime.Documentation.Tests.Formats;

/// <summary>Rows to fit to, and files of older versions.</summary>
internal static class FormatSamples
{
    private static readonly string _golden = Path.Combine(AppContext.BaseDirectory, "golden");

    /// <summary>Rows that lie near a hyperplane, with a mean, in classes.</summary>
    public static float[][] Rows(int count, int width, int seed)
    {
        var directions = new Random(99);
        float[][] basis = [.. Enumerable.Range(0, 4).Select(_ => Noise(directions, width, 1))];
        var random = new Random(seed);
        return
        [
            .. Enumerable.Range(0, count).Select(i =>
            {
                float[] mixture = Noise(random, basis.Length, 1), noise = Noise(random, width, 0.1f);
                mixture[i % 3] += 4;
                return Enumerable.Range(0, width).Select(j => basis.Select((direction, k) => mixture[k] * direction[j]).Sum() + noise[j]).ToArray();
            }),
        ];
    }

    public static float[] Flat(IEnumerable<float[]> rows) => [.. rows.SelectMany(row => row)];

    public static byte[] Bytes(Action<Stream> save)
    {
        using var memory = new MemoryStream();
        save(memory);
        return memory.ToArray();
    }

    public static string GoldenFile(string name) => Path.Combine(_golden, name);

    /// <summary>What a golden file was given and what it made of that.</summary>
    public static JsonElement GoldenFigures(string name) => JsonDocument.Parse(File.ReadAllText(GoldenFile($"{name}.json"))).RootElement;

    public static double[] Numbers(JsonElement array) => [.. array.EnumerateArray().Select(Number)];

    public static float[] Singles(JsonElement array) => Array.ConvertAll(Numbers(array), value => (float)value);

    private static double Number(JsonElement value) => value.ValueKind == JsonValueKind.Number
        ? value.GetDouble()
        : value.GetString() switch { "NaN" => double.NaN, "-Infinity" => double.NegativeInfinity, _ => double.PositiveInfinity };

    public static void AreNear(double expected, double actual, double scale, string what) =>
        Assert.AreEqual(expected, actual, (1e-4 * Math.Abs(expected)) + (1e-5 * scale), what);

    private static float[] Noise(Random random, int count, float deviation) =>
        [.. Enumerable.Range(0, count).Select(_ => deviation * MathF.Sqrt(-2 * MathF.Log(1 - random.NextSingle())) * MathF.Cos(MathF.Tau * random.NextSingle()))];
}
