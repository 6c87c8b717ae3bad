using System.Text;
using Dime.Fuzz.Contract;
using Dime.Server.Errors;
using Dime.Tool.Inputs;

namespace Dime.Fuzz.Targets;

/// <summary>Embeddings as text, all rows, by several settings of the reader.</summary>
internal sealed class CsvTarget : FuzzTarget
{
    private static readonly (EmbeddingOptions Options, ColumnLayout? Model)[] _settings =
    [
        (new EmbeddingOptions(), null),
        (new EmbeddingOptions(Delimiter: ";", HasHeader: true), null),
        (new EmbeddingOptions(Columns: ["1..2"], HasHeader: false), null),
        (new EmbeddingOptions(LabelColumn: "class", MayLackLabel: true), new ColumnLayout(2, ["a", "b"])),
    ];

    public override string Name => "csv";

    // A cell of one character is looked at as several texts, by each of the settings.
    public override long AllowanceBytes => 128 << 20;

    public override bool Allows(Exception exception) => exception is InputException;

    public override void Run(ReadOnlySpan<byte> input)
    {
        byte[] bytes = input.ToArray();
        foreach ((EmbeddingOptions options, ColumnLayout? model) in _settings)
        {
            try
            {
                using var reader = new CsvEmbeddings(new StreamReader(new MemoryStream(bytes)), "rows.csv", ",", options, model);
                _ = reader.Columns.Sentence;
                foreach (EmbeddingRow row in reader.Read())
                {
                    if (row.Features.Length != reader.Layout.Dimension)
                    {
                        throw new NotSupportedException($"A row has {row.Features.Length} values of {reader.Layout.Dimension}.");
                    }
                }
            }
            catch (InputException)
            {
                // The next setting may take it.
            }
        }
    }

    public override IEnumerable<Seed> Seeds() =>
    [
        Of("names.csv", "id,a,b\nr1,1,2.5\nr2,-3e2,NaN\nr3,,inf\n"),
        Of("classes.csv", "a,b,class\n1,2,cat\n3,4,dog\n5,6,cat\n"),
        Of("numbers.csv", "0.5,1.5\n2.5,3.5\n4.5,5.5\n"),
        Of("semicolons.csv", "\"a\";\"b\"\n1;2\n3;4\n"),
        Of("commas.csv", "a;b\n1,5;2,5\n3,5;4,5\n"),
        Of("quotes.csv", "name,a\n\"one, \"\"two\"\"\",1\n\"line\nbreak\",2\n"),
        Of("savetxt.csv", "# a,b\n1,2\n3,4\n"),
        new Seed("mark.csv", [0xEF, 0xBB, 0xBF, .. "a\tb\r\n1\t2\r\n3\t4\r\n"u8]),
    ];

    private static Seed Of(string name, string text) => new(name, Encoding.UTF8.GetBytes(text));
}
