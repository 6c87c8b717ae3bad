using System.Text.Json;
using Dime.Server.Models;
using Microsoft.AspNetCore.Http;

namespace Dime.Server.Endpoints;

/// <summary>
/// Reads embeddings: <c>{"embedding": […], "id": "…"}</c> or <c>{"embeddings": [[…], …], "ids": ["…", …]}</c>, ids left out or not. Numbers
/// are JSON's, or the words "NaN", "Infinity" and "-Infinity".
/// </summary>
/// <param name="dimension">The length of an embedding.</param>
/// <param name="mostRows">The most rows.</param>
internal sealed class EmbeddingJson(int dimension, int mostRows)
{
    private readonly List<float[]> _rows = [];
    private readonly List<string?> _ids = [];
    private readonly HashSet<string> _seen = [];

    /// <exception cref="RefusedException">The body is no JSON, or not of that form.</exception>
    public IReadOnlyList<RowInput> Read(ReadOnlySpan<byte> body)
    {
        try
        {
            var reader = new Utf8JsonReader(body, new JsonReaderOptions { MaxDepth = 4 });
            ReadObject(ref reader);
            if (reader.Read())
            {
                throw new JsonException();
            }
        }
        catch (InvalidOperationException)
        {
            // A name or an id is no UTF-8.
            throw new RefusedException(StatusCodes.Status400BadRequest, "The body is no JSON: its text is not UTF-8.");
        }
        catch (JsonException e)
        {
            throw new RefusedException(StatusCodes.Status400BadRequest, $"The body is no JSON: line {e.LineNumber + 1}, byte {e.BytePositionInLine + 1}.");
        }

        return _rows.Count == 0
            ? throw Wrong("There is no row in it")
            : _ids.Count != 0 && _ids.Count != _rows.Count
            ? throw Wrong($"There are {_rows.Count} rows and {_ids.Count} ids")
            : [.. _rows.Select((row, i) => new RowInput(RowId.Of(_ids.Count == 0 ? null : _ids[i])) { Embedding = row })];
    }

    private void ReadObject(ref Utf8JsonReader reader)
    {
        if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject)
        {
            throw Wrong("It is no object");
        }

        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            string name = reader.GetString()!;
            if (!_seen.Add(name.TrimEnd('s')))
            {
                throw Wrong($"'{name}' is there twice");
            }

            reader.Read();
            switch (name)
            {
                case "embedding":
                    ReadRow(ref reader);
                    break;
                case "embeddings":
                    ReadItems(ref reader, name, ReadRow);
                    break;
                case "id":
                    ReadId(ref reader);
                    break;
                case "ids":
                    ReadItems(ref reader, name, ReadId);
                    break;
                default:
                    throw Wrong($"'{(name.Length > 40 ? name[..40] + "…" : name)}' is not known");
            }
        }
    }

    private delegate void ReadItem(ref Utf8JsonReader reader);

    private static void ReadItems(ref Utf8JsonReader reader, string name, ReadItem readItem)
    {
        if (reader.TokenType != JsonTokenType.StartArray)
        {
            throw Wrong($"'{name}' is no array");
        }

        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            readItem(ref reader);
        }
    }

    private void ReadId(ref Utf8JsonReader reader)
    {
        _ids.Add(reader.TokenType switch
        {
            JsonTokenType.String => reader.GetString(),
            JsonTokenType.Null => null,
            _ => throw Wrong($"Id {_ids.Count + 1} is no text"),
        });
        if (_ids.Count > mostRows)
        {
            throw TooMany();
        }
    }

    private void ReadRow(ref Utf8JsonReader reader)
    {
        int number = _rows.Count + 1;
        if (number > mostRows)
        {
            throw TooMany();
        }

        if (reader.TokenType != JsonTokenType.StartArray)
        {
            throw Wrong($"Row {number} is no array of numbers");
        }

        float[] row = new float[dimension];
        int count = 0;
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            if (count == dimension)
            {
                throw Wrong($"Row {number} has more than the {dimension} numbers that the model takes");
            }

            row[count] = ReadNumber(ref reader, number, count + 1);
            count++;
        }

        _rows.Add(count == dimension ? row : throw Wrong($"Row {number} has {count} numbers, and the model takes {dimension}"));
    }

    private static float ReadNumber(ref Utf8JsonReader reader, int row, int position)
    {
        if (reader.TokenType == JsonTokenType.Number)
        {
            return reader.TryGetSingle(out float value) && float.IsFinite(value)
                ? value
                : throw Wrong($"Number {position} of row {row} is larger than a float can be");
        }

        return reader.TokenType != JsonTokenType.String ? throw Wrong($"Item {position} of row {row} is no number")
            : reader.ValueTextEquals("NaN"u8) ? float.NaN
            : reader.ValueTextEquals("Infinity"u8) ? float.PositiveInfinity
            : reader.ValueTextEquals("-Infinity"u8) ? float.NegativeInfinity
            : throw Wrong($"Item {position} of row {row} is no number");
    }

    private RefusedException TooMany() => new(StatusCodes.Status413PayloadTooLarge, $"The request has more than the {mostRows} rows that are allowed; send several.");

    private static RefusedException Wrong(string what) => new(
        StatusCodes.Status400BadRequest,
        $$"""{{what}}; send {"embedding": [numbers], "id": "text"} or {"embeddings": [[numbers], …], "ids": ["text", …]}, ids left out or not.""");
}
