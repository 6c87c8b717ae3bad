using System.Text;
using Dime.Fuzz.Contract;
using Dime.Server;
using Dime.Server.Endpoints;
using Dime.Server.Images;
using Dime.Server.Models;
using Dime.Tool.Tests.Fixtures;
using Microsoft.AspNetCore.Http;

namespace Dime.Fuzz.Targets;

/// <summary>Bodies of <c>POST /v1/score</c>, without a socket. The first line of an input is the type of its content, what follows the body.</summary>
internal sealed class RequestTarget : FuzzTarget
{
    private const int Dimension = 3;

    private readonly RequestRows _reader;

    public RequestTarget()
    {
        var options = new DimeMonitoringOptions { ImagePixels = 1 << 18, RowsPerRequest = 16 };
        _reader = new RequestRows(options, new ImageRules(options.ImagePixels, new PixelMemory(long.MaxValue)));
    }

    public override string Name => "request";

    // Sixteen images of the pixels that are allowed here, of four bytes.
    public override long AllowanceBytes => (16 << 20) + (16 * 4 * (1L << 18));

    public override bool Allows(Exception exception) => exception is RefusedException;

    public override void Run(ReadOnlySpan<byte> input)
    {
        int end = input.IndexOf((byte)'\n');
        byte[] body = input[(end + 1)..].ToArray();
        string type = Encoding.Latin1.GetString(input[..Math.Max(end, 0)]).TrimEnd('\r');
        RefusedException? refusal = Read(type, body, Dimension);
        refusal = Read(type, body, embeddingDimension: null) ?? refusal;
        if (refusal is not null)
        {
            throw refusal;
        }
    }

    public override IEnumerable<Seed> Seeds() =>
    [
        Of("one.json", "application/json", """{"embedding": [1, -2.5e3, "NaN"], "id": "a"}"""u8),
        Of("many.json", "application/json; charset=utf-8", """{"embeddings": [[1, 2, 3], ["Infinity", "-Infinity", 0]], "ids": ["a", null]}"""u8),
        Of("image", "image/png", EncodedImages.Kinds["palette.png"]()),
        Of("parts", "multipart/form-data; boundary=\"--x\"",
        [
            .. "----x\r\nContent-Disposition: form-data; name=\"a\"; filename=\"a.png\"\r\nContent-Type: image/png\r\n\r\n"u8,
            .. EncodedImages.Kinds["gray.png"](),
            .. "\r\n----x\r\nContent-Disposition: form-data; name=b; filename*=UTF-8''%e2%82%ac.jpg\r\n\r\n"u8,
            .. EncodedImages.Kinds["cmyk.jpg"](),
            .. "\r\n----x--\r\n"u8,
        ]),
    ];

    private RefusedException? Read(string type, byte[] body, int? embeddingDimension)
    {
        var http = new DefaultHttpContext();
        http.Request.ContentType = type;
        http.Request.ContentLength = body.Length;
        http.Request.Body = new MemoryStream(body);
        try
        {
            foreach (RowInput row in _reader.ReadAsync(http.Request, embeddingDimension, CancellationToken.None).GetAwaiter().GetResult())
            {
                row.Dispose();
            }

            return null;
        }
        catch (RefusedException refusal)
        {
            return refusal;
        }
    }

    private static Seed Of(string name, string type, ReadOnlySpan<byte> body) => new(name, [.. Encoding.Latin1.GetBytes(type), (byte)'\n', .. body]);
}
