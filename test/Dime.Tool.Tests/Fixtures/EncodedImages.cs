using System.Buffers.Binary;
using System.IO.Compression;
using System.Text;
using SkiaSharp;

namespace Dime.Tool.Tests.Fixtures;

/// <summary>Files of images in the formats and kinds that the tool takes; those that SkiaSharp does not write are put together by hand.</summary>
internal static class EncodedImages
{
    private const int Width = 37;
    private const int Height = 23;

    /// <summary>Each kind by the name of a file.</summary>
    public static IReadOnlyDictionary<string, Func<byte[]>> Kinds { get; } = new Dictionary<string, Func<byte[]>>
    {
        ["colors.jpg"] = () => Encode(SKEncodedImageFormat.Jpeg, SKColorType.Rgba8888, SKAlphaType.Opaque),
        ["gray.jpg"] = () => Encode(SKEncodedImageFormat.Jpeg, SKColorType.Gray8, SKAlphaType.Opaque),
        ["cmyk.jpg"] = CmykJpeg,
        ["colors.png"] = () => Encode(SKEncodedImageFormat.Png, SKColorType.Bgra8888, SKAlphaType.Opaque),
        ["transparent.png"] = () => Encode(SKEncodedImageFormat.Png, SKColorType.Bgra8888, SKAlphaType.Unpremul),
        ["gray.png"] = () => Encode(SKEncodedImageFormat.Png, SKColorType.Gray8, SKAlphaType.Opaque),
        ["gray-16-bit.png"] = () => Png(colorType: 0, bitDepth: 16, bytesPerPixel: 2),
        ["colors-16-bit.png"] = () => Png(colorType: 2, bitDepth: 16, bytesPerPixel: 6),
        ["transparent-16-bit.png"] = () => Png(colorType: 6, bitDepth: 16, bytesPerPixel: 8),
        ["gray-alpha.png"] = () => Png(colorType: 4, bitDepth: 8, bytesPerPixel: 2),
        ["palette.png"] = () => Png(colorType: 3, bitDepth: 8, bytesPerPixel: 1),
        ["lossy.webp"] = () => Encode(SKEncodedImageFormat.Webp, SKColorType.Rgba8888, SKAlphaType.Opaque),
        ["animated.webp"] = AnimatedWebp,
        ["animated.gif"] = AnimatedGif,
        ["colors.bmp"] = Bmp,
    };

    /// <summary>A JPEG that says in which orientation it is stored.</summary>
    public static byte[] WithOrientation(byte[] jpeg, int orientation)
    {
        byte[] exif =
        [
            .. "Exif\0\0"u8, .. "II*\0"u8, 8, 0, 0, 0,
            1, 0, // one entry: the orientation, of one 16-bit number
            0x12, 0x01, 3, 0, 1, 0, 0, 0, (byte)orientation, 0, 0, 0,
            0, 0, 0, 0,
        ];
        return [.. jpeg[..2], 0xFF, 0xE1, 0, (byte)(exif.Length + 2), .. exif, .. jpeg[2..]];
    }

    /// <summary>A PNG that claims to have a number of pixels.</summary>
    public static byte[] PngOfSize(int width, int height) => PngOf(width, height, colorType: 2, bitDepth: 8, rows: new byte[100]);

    private static SKColor ColorAt(int x, int y) => new((byte)(7 * x), (byte)(11 * y), (byte)((5 * x) + y), (byte)(255 - (3 * x)));

    private static byte[] Encode(SKEncodedImageFormat format, SKColorType colors, SKAlphaType alpha)
    {
        using var image = new SKBitmap(Width, Height, SKColorType.Bgra8888, alpha);
        image.Pixels = [.. Enumerable.Range(0, Width * Height).Select(i => ColorAt(i % Width, i / Width).WithAlpha(alpha == SKAlphaType.Opaque ? (byte)255 : ColorAt(i % Width, 0).Alpha))];
        using SKBitmap converted = image.Copy(colors);
        using SKData data = converted.Encode(format, 90);
        return data.ToArray();
    }

    private static byte[] Png(byte colorType, byte bitDepth, int bytesPerPixel)
    {
        var random = new Random(1);
        using MemoryStream rows = new();
        for (int y = 0; y < Height; y++)
        {
            byte[] row = new byte[Width * bytesPerPixel];
            random.NextBytes(row);
            rows.WriteByte(0);
            rows.Write(row);
        }

        return PngOf(Width, Height, colorType, bitDepth, rows.ToArray());
    }

    private static byte[] PngOf(int width, int height, byte colorType, byte bitDepth, byte[] rows)
    {
        using MemoryStream packed = new();
        using (ZLibStream zip = new(packed, CompressionLevel.Fastest, leaveOpen: true))
        {
            zip.Write(rows);
        }

        byte[] header = [.. BigEndian(width), .. BigEndian(height), bitDepth, colorType, 0, 0, 0];
        byte[] palette = [.. Enumerable.Range(0, 256).SelectMany(i => (byte[])[(byte)i, (byte)(255 - i), (byte)(i / 2)])];
        return
        [
            0x89, .. "PNG\r\n"u8, 0x1A, (byte)'\n',
            .. PngChunk("IHDR", header),
            .. colorType == 3 ? PngChunk("PLTE", palette) : [],
            .. PngChunk("IDAT", packed.ToArray()),
            .. PngChunk("IEND", []),
        ];
    }

    private static byte[] PngChunk(string name, byte[] data)
    {
        byte[] body = [.. Encoding.ASCII.GetBytes(name), .. data];
        uint crc = uint.MaxValue;
        foreach (byte value in body)
        {
            crc ^= value;
            for (int bit = 0; bit < 8; bit++)
            {
                crc = (crc & 1) == 1 ? (crc >> 1) ^ 0xEDB88320 : crc >> 1;
            }
        }

        return [.. BigEndian(data.Length), .. body, .. BigEndian((int)~crc)];
    }

    // A block of each ink, all of one tone: 8 x 8 pixels, as Adobe writes them, inverted.
    private static byte[] CmykJpeg()
    {
        // The mean of a block, eightfold and from -1024 on: the inks are 0 %, 100 %, 25 % and 0 %.
        int[] tones = [8 * (255 - 128), 8 * (0 - 128), 8 * (191 - 128), 8 * (255 - 128)];
        var bits = new StringBuilder();
        foreach (int tone in tones)
        {
            int size = 32 - int.LeadingZeroCount(Math.Abs(tone));
            int code = tone < 0 ? tone + (1 << size) - 1 : tone;
            bits.Append(Convert.ToString(size, 2).PadLeft(4, '0')).Append(Convert.ToString(code, 2).PadLeft(size, '0')).Append('0');
        }

        string padded = bits.ToString().PadRight((bits.Length + 7) / 8 * 8, '1');
        byte[] scan = [.. padded.Chunk(8).Select(eight => Convert.ToByte(new string(eight), 2)).SelectMany(value => value == 0xFF ? new byte[] { 0xFF, 0 } : [value])];
        return
        [
            0xFF, 0xD8,
            .. JpegSegment(0xEE, [.. "Adobe"u8, 0, 100, 0, 0, 0, 0, 0]),
            .. JpegSegment(0xDB, [0, .. Enumerable.Repeat((byte)1, 64)]),
            .. JpegSegment(0xC0, [8, 0, 8, 0, 8, 4, 1, 0x11, 0, 2, 0x11, 0, 3, 0x11, 0, 4, 0x11, 0]),
            .. JpegSegment(0xC4, [0x00, 0, 0, 0, 12, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, .. Enumerable.Range(0, 12).Select(i => (byte)i)]),
            .. JpegSegment(0xC4, [0x10, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]),
            .. JpegSegment(0xDA, [4, 1, 0, 2, 0, 3, 0, 4, 0, 0, 63, 0]),
            .. scan,
            0xFF, 0xD9,
        ];
    }

    private static byte[] JpegSegment(byte marker, byte[] data) => [0xFF, marker, 0, (byte)(data.Length + 2), .. data];

    // Red, then green; the second frame covers a part only.
    private static byte[] AnimatedWebp()
    {
        byte[] Frame(SKColor color, int size)
        {
            using var image = new SKBitmap(size, size);
            image.Erase(color);
            using SKPixmap pixels = image.PeekPixels();
            using SKData data = pixels.Encode(new SKWebpEncoderOptions(SKWebpEncoderCompression.Lossless, 100));
            byte[] chunk = data.ToArray()[12..];
            return RiffChunk("ANMF", [0, 0, 0, 0, 0, 0, (byte)(size - 1), 0, 0, (byte)(size - 1), 0, 0, 100, 0, 0, 0, .. chunk]);
        }

        byte[] body =
        [
            .. "WEBP"u8,
            .. RiffChunk("VP8X", [0x02, 0, 0, 0, 15, 0, 0, 15, 0, 0]),
            .. RiffChunk("ANIM", [0, 0, 0, 0, 0, 0]),
            .. Frame(SKColors.Red, 16),
            .. Frame(SKColors.Green, 8),
        ];
        return RiffChunk("RIFF", body);
    }

    private static byte[] RiffChunk(string name, byte[] data) =>
        [.. Encoding.ASCII.GetBytes(name), .. LittleEndian(data.Length), .. data, .. new byte[data.Length % 2]];

    // A canvas of 3 x 3 pixels, of which the first frame covers 2 x 2 and the second one.
    private static byte[] AnimatedGif() =>
    [
        .. "GIF89a"u8, 3, 0, 3, 0, 0x91, 0, 0,
        255, 0, 0, 0, 255, 0, 0, 0, 255, 255, 255, 255,
        0x21, 0xF9, 4, 0x04, 10, 0, 0, 0,
        0x2C, 0, 0, 0, 0, 2, 0, 2, 0, 0, .. GifPixels(0, 1, 2, 3),
        0x21, 0xF9, 4, 0x04, 10, 0, 0, 0,
        0x2C, 0, 0, 0, 0, 1, 0, 1, 0, 0, .. GifPixels(3, 3, 3, 3),
        0x3B,
    ];

    // Codes of three bits, with the table cleared before it needs four.
    private static byte[] GifPixels(int a, int b, int c, int d)
    {
        long bits = 0;
        int[] codes = [4, a, b, 4, c, d, 5];
        for (int i = codes.Length - 1; i >= 0; i--)
        {
            bits = (bits << 3) | (long)codes[i];
        }

        return [2, 3, (byte)bits, (byte)(bits >> 8), (byte)(bits >> 16), 0];
    }

    private static byte[] Bmp()
    {
        int stride = ((Width * 3) + 3) / 4 * 4;
        byte[] rows = new byte[stride * Height];
        new Random(2).NextBytes(rows);
        return
        [
            .. "BM"u8, .. LittleEndian(54 + rows.Length), 0, 0, 0, 0, 54, 0, 0, 0,
            40, 0, 0, 0, .. LittleEndian(Width), .. LittleEndian(Height), 1, 0, 24, 0, .. new byte[24],
            .. rows,
        ];
    }

    private static byte[] BigEndian(int value)
    {
        byte[] bytes = new byte[4];
        BinaryPrimitives.WriteInt32BigEndian(bytes, value);
        return bytes;
    }

    private static byte[] LittleEndian(int value)
    {
        byte[] bytes = new byte[4];
        BinaryPrimitives.WriteInt32LittleEndian(bytes, value);
        return bytes;
    }
}
