using System.Globalization;
using System.Text;
using Dime.Soak.Measuring;

namespace Dime.Soak.Swaps;

/// <summary>Rows to send, and what each of two models says of them.</summary>
internal sealed class ServedRows
{
    private readonly byte[][] _images;
    private readonly string[] _embeddings;
    private readonly Dictionary<string, int>[] _places;
    private readonly float[][] _distances;

    public ServedRows(string rows, IReadOnlyList<string> models)
    {
        bool areImages = Directory.Exists(rows);
        string[] ids = areImages
            ? [.. Directory.GetFiles(rows).Order(StringComparer.Ordinal)]
            : [.. Enumerable.Range(0, File.ReadLines(rows).Count()).Select(i => i.ToString(CultureInfo.InvariantCulture))];
        _images = areImages ? [.. ids.Select(File.ReadAllBytes)] : [];
        _embeddings = areImages ? [] : File.ReadAllLines(rows);
        Count = ids.Length;
        _places = [.. models.Select(_ => ids.Select((id, i) => (id, i)).ToDictionary(row => row.id, row => row.i))];
        _distances = [.. models.Select((model, i) => Read($"{model}.csv", _places[i]))];
        Tolerance = areImages ? 1e-3 : 0;
        if (_distances[0].Zip(_distances[1]).Any(row => Math.Abs(row.First - row.Second) <= 10 * Tolerance * Math.Max(1, Math.Abs(row.First))))
        {
            throw new SoakException("The two models say the same of a row; that could not tell a mixed answer.");
        }
    }

    public int Count { get; }

    /// <summary>Batches of a network round otherwise; embeddings give the same bits.</summary>
    public double Tolerance { get; }

    public HttpContent Body(int[] rows)
    {
        if (_images.Length == 0)
        {
            return new StringContent($$"""{"embeddings":[{{string.Join(',', rows.Select(row => $"[{_embeddings[row]}]"))}}]}""", Encoding.UTF8, "application/json");
        }

        MultipartFormDataContent parts = [];
        foreach (int row in rows)
        {
            parts.Add(new ByteArrayContent(_images[row]), "image", $"{row}.jpg");
        }

        return parts;
    }

    /// <summary>The model that says this of the rows; null where none does.</summary>
    public int? ModelOf(int[] rows, float[] distances)
    {
        for (int model = 0; model < _distances.Length; model++)
        {
            float[] expected = _distances[model];
            if (rows.Length == distances.Length
                && rows.Zip(distances).All(row => Math.Abs(expected[row.First] - row.Second) <= Tolerance * Math.Max(1, Math.Abs(expected[row.First]))))
            {
                return model;
            }
        }

        return null;
    }

    private static float[] Read(string file, Dictionary<string, int> places)
    {
        float[] distances = new float[places.Count];
        Array.Fill(distances, float.NaN);
        foreach (string[] cells in File.ReadLines(file).Skip(1).Select(line => line.Split(',')))
        {
            distances[places[cells[0]]] = float.Parse(cells[1], CultureInfo.InvariantCulture);
        }

        return distances.Any(float.IsNaN) ? throw new SoakException($"'{file}' does not tell of all rows.") : distances;
    }
}
