using System.Runtime.InteropServices;
using System.Text;
using Microsoft.ML;
using Microsoft.ML.Data;
using Parquet;
using Parquet.Schema;

namespace Dime.Tool.Tests.Fixtures;

/// <summary>Writes the same rows in each of the formats.</summary>
internal static class EmbeddingFiles
{
    public static string Write(TemporaryFolder folder, string name, string format, float[][] rows)
    {
        string path = folder[$"{name}.{format.Split(' ')[0]}"];
        switch (format)
        {
            case "csv":
                File.WriteAllText(path, SampleRows.ToCsv(rows));
                break;
            case "tsv":
                File.WriteAllText(path, SampleRows.ToCsv(rows, '\t'));
                break;
            case "npy":
                WriteNpy(path, "<f4", rows.Length, rows.SelectMany(row => row).ToArray());
                break;
            case "npy of doubles":
                WriteNpy(path, "<f8", rows.Length, rows.SelectMany(row => row).Select(value => (double)value).ToArray());
                break;
            case "parquet":
                WriteParquet(path, rows);
                break;
            case "parquet of lists":
                WriteParquetLists(path, rows);
                break;
            case "idv":
                WriteBinary(path, rows);
                break;
            default:
                throw new ArgumentException($"No writer of {format}.", nameof(format));
        }

        return path;
    }

    public static void WriteNpy<T>(string path, string type, int rows, T[] values)
        where T : unmanaged => WriteNpy(path, type, rows, values.Length / rows, isByColumn: false, MemoryMarshal.AsBytes<T>(values));

    public static void WriteNpy(string path, string type, int rows, int dimension, bool isByColumn, ReadOnlySpan<byte> bytes)
    {
        string header = $"{{'descr': '{type}', 'fortran_order': {(isByColumn ? "True" : "False")}, 'shape': ({rows}, {dimension}), }}";
        header = header.PadRight(117) + "\n";
        using FileStream stream = File.Create(path);
        stream.Write([0x93, .. "NUMPY"u8, 1, 0, (byte)header.Length, 0]);
        stream.Write(Encoding.ASCII.GetBytes(header));
        stream.Write(bytes);
    }

    /// <summary>Writes a column of another type, and beside it columns of values, with the names that are given.</summary>
    public static void WriteParquet<T>(string path, string idName, T[] ids, string[] names, float[][] rows)
        where T : struct
    {
        var id = new DataField<T>(idName);
        DataField<float>[] fields = [.. names.Select(name => new DataField<float>(name))];
        WriteGroups(path, new ParquetSchema([id, .. fields]), rows, (group, part, first) =>
        {
            group.WriteAsync<T>(id, ids.AsMemory(first, part.Length)).GetAwaiter().GetResult();
            foreach ((DataField<float> field, int i) in fields.Select((field, i) => (field, i)))
            {
                group.WriteAsync<float>(field, part.Select(row => row[i]).ToArray()).GetAwaiter().GetResult();
            }
        });
    }

    // Two groups, so that a reader must go from one to the next.
    private static void WriteParquet(string path, float[][] rows)
    {
        var name = new DataField<string>("name");
        DataField<float>[] fields = [.. Enumerable.Range(0, SampleRows.Dimension).Select(i => new DataField<float>($"f{i}"))];
        WriteGroups(path, new ParquetSchema([name, .. fields]), rows, (group, part, first) =>
        {
            group.WriteAsync(name, part.Select((_, i) => $"row {first + i}").ToList()).GetAwaiter().GetResult();
            foreach ((DataField<float> field, int i) in fields.Select((field, i) => (field, i)))
            {
                group.WriteAsync<float>(field, part.Select(row => row[i]).ToArray()).GetAwaiter().GetResult();
            }
        });
    }

    private static void WriteParquetLists(string path, float[][] rows)
    {
        var name = new DataField<string>("name");
        var item = new DataField<float>("element");
        var list = new ListField("features", item);
        WriteGroups(path, new ParquetSchema(name, list), rows, (group, part, first) =>
        {
            group.WriteAsync(name, part.Select((_, i) => $"row {first + i}").ToList()).GetAwaiter().GetResult();
            int[] repetitions = [.. part.SelectMany(row => row.Select((_, i) => i == 0 ? 0 : 1))];
            int[] definitions = [.. repetitions.Select(_ => item.MaxDefinitionLevel)];
            group.WriteAllPartsAsync<float>(item, part.SelectMany(row => row).ToArray(), definitions, repetitions, CancellationToken.None).GetAwaiter().GetResult();
        });
    }

    private static void WriteGroups(string path, ParquetSchema schema, float[][] rows, Action<ParquetRowGroupWriter, float[][], int> write)
    {
        using FileStream stream = File.Create(path);
        ParquetWriter writer = ParquetWriter.CreateAsync(schema, stream).GetAwaiter().GetResult();
        int half = rows.Length / 2;
        foreach (int first in (int[])[0, half])
        {
            using ParquetRowGroupWriter group = writer.CreateRowGroup();
            write(group, first == 0 ? rows[..half] : rows[half..], first);
        }

        writer.DisposeAsync().AsTask().GetAwaiter().GetResult();
    }

    private static void WriteBinary(string path, float[][] rows)
    {
        var mlContext = new MLContext();
        using FileStream stream = File.Create(path);
        mlContext.Data.SaveAsBinary(mlContext.Data.LoadFromEnumerable(rows.Select((row, i) => new Row { Name = $"row {i}", Features = row })), stream);
    }

    private sealed class Row
    {
        public string Name { get; set; } = "";

        [VectorType(SampleRows.Dimension)]
        public float[] Features { get; set; } = [];
    }
}
