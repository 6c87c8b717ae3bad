using Dime.Server.Images;
using Dime.Tool.Tests.Fixtures;
using Microsoft.ML.Data;
using SkiaSharp;

namespace Dime.Server.Tests.Images;

[TestClass]
public sealed class ImageFileTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    private static IEnumerable<string> Kinds => EncodedImages.Kinds.Keys;

    public void Dispose() => _folder.Dispose();

    [TestMethod]
    [DynamicData(nameof(Kinds))]
    public void An_image_has_the_pixels_that_MLImage_reads(string kind)
    {
        string file = Write(kind, EncodedImages.Kinds[kind]());

        AssertSame(file);
    }

    [TestMethod]
    public void The_sample_images_have_the_pixels_that_MLImage_reads()
    {
        string[] files = [.. ((string[])["train", "ood-mnist"]).SelectMany(set => Directory.EnumerateFiles(SampleData.Unpack(set, 100, _folder)))];

        Assert.HasCount(200, files);
        foreach (string file in files)
        {
            AssertSame(file);
        }
    }

    // What the pixels of the first frames are, whoever reads them.
    [TestMethod]
    [DataRow("cmyk.jpg", 0, 255, 0, 191, 255)]
    [DataRow("animated.webp", 0, 255, 0, 0, 255)]
    [DataRow("animated.gif", 0, 255, 0, 0, 255)]
    [DataRow("animated.gif", 4, 255, 255, 255, 255)]
    [DataRow("animated.gif", 8, 0, 0, 0, 0)]
    public void The_first_frame_is_read(string kind, int pixel, int red, int green, int blue, int alpha)
    {
        using SKBitmap image = Read(Write(kind, EncodedImages.Kinds[kind]()));

        SKColor color = image.Pixels[pixel];
        Assert.AreEqual(((byte)red, (byte)green, (byte)blue, (byte)alpha), (color.Red, color.Green, color.Blue, color.Alpha));
    }

    // Exif 2.3: where the first row and the first column of what is stored are to be seen. The corners are red, green (right
    // of it), blue (below) and black.
    [TestMethod]
    [DataRow(1, "top left", "red green blue black")]
    [DataRow(2, "top right", "green red black blue")]
    [DataRow(3, "bottom right", "black blue green red")]
    [DataRow(4, "bottom left", "blue black red green")]
    [DataRow(5, "left top", "red blue green black")]
    [DataRow(6, "right top", "blue red black green")]
    [DataRow(7, "right bottom", "black green blue red")]
    [DataRow(8, "left bottom", "green black red blue")]
    public void An_image_is_turned_as_it_is_meant_to_be_seen(int orientation, string place, string corners)
    {
        string file = Write($"{orientation}.jpg", EncodedImages.WithOrientation(Corners(64, 32), orientation));

        using SKBitmap image = Read(file);

        Assert.AreEqual(orientation < 5 ? (64, 32) : (32, 64), (image.Width, image.Height), place);
        int right = image.Width - 1;
        int bottom = image.Height - 1;
        Assert.AreEqual(corners, string.Join(' ', Name(image.GetPixel(0, 0)), Name(image.GetPixel(right, 0)), Name(image.GetPixel(0, bottom)), Name(image.GetPixel(right, bottom))));
    }

    // Pixel by pixel, with the two turns and the mirror that make the others.
    [TestMethod]
    [DataRow(2)]
    [DataRow(6)]
    [DataRow(8)]
    public void A_turned_image_keeps_each_pixel(int orientation)
    {
        byte[] jpeg = EncodedImages.Kinds["colors.jpg"]();
        using SKBitmap stored = Read(Write("stored.jpg", jpeg));
        using SKBitmap image = Read(Write("turned.jpg", EncodedImages.WithOrientation(jpeg, orientation)));

        for (int x = 0; x < stored.Width; x++)
        {
            for (int y = 0; y < stored.Height; y++)
            {
                (int seenX, int seenY) = orientation switch
                {
                    2 => (stored.Width - 1 - x, y),
                    6 => (stored.Height - 1 - y, x),
                    _ => (y, stored.Width - 1 - x),
                };
                Assert.AreEqual(stored.GetPixel(x, y), image.GetPixel(seenX, seenY));
            }
        }
    }

    [TestMethod]
    [DataRow("colors.jpg")]
    [DataRow("gray.jpg")]
    [DataRow("colors.png")]
    [DataRow("gray-16-bit.png")]
    [DataRow("lossy.webp")]
    [DataRow("colors.bmp")]
    public void A_truncated_image_is_none(string kind)
    {
        byte[] whole = EncodedImages.Kinds[kind]();

        Assert.Contains("truncated image", FaultOf(Write(kind, whole[..(whole.Length * 2 / 3)])));
    }

    [TestMethod]
    public void What_is_no_image_is_said_in_words()
    {
        Assert.Contains("not an image", FaultOf(Write("text.jpg", "not what it should be"u8.ToArray())));
        Assert.Contains("empty", FaultOf(Write("empty.jpg", [])));
        Assert.Contains("cannot be opened", FaultOf(_folder["none.jpg"]));
        Assert.Contains("image", FaultOf(Write("zero.png", EncodedImages.PngOfSize(0, 5))));
        Assert.Contains("40000 x 40000 pixels", FaultOf(Write("huge.png", EncodedImages.PngOfSize(40_000, 40_000))));
    }

    private static void AssertSame(string file)
    {
        using var expected = MLImage.CreateFromFile(file);
        Assert.IsTrue(ImageFile.TryRead(file, out ImagePixels? pixels, out string? fault), fault);
        using (pixels)
        using (var image = pixels.ToMLImage())
        {
            Assert.AreEqual((expected.Width, expected.Height, expected.PixelFormat), (image.Width, image.Height, image.PixelFormat));
            Assert.IsTrue(expected.Pixels.SequenceEqual(image.Pixels), $"The pixels of '{file}' differ.");
        }
    }

    private static SKBitmap Read(string file)
    {
        Assert.IsTrue(ImageFile.TryRead(file, out ImagePixels? pixels, out string? fault), fault);
        using (pixels)
        {
            return pixels.ToBitmap();
        }
    }

    private static string FaultOf(string file)
    {
        Assert.IsFalse(ImageFile.TryRead(file, out _, out string? fault));
        return fault;
    }

    private static byte[] Corners(int width, int height)
    {
        using var image = new SKBitmap(width, height);
        using var canvas = new SKCanvas(image);
        canvas.Clear(SKColors.Black);
        Draw(0, 0, SKColors.Red);
        Draw(width / 2, 0, SKColors.Lime);
        Draw(0, height / 2, SKColors.Blue);
        using SKData data = image.Encode(SKEncodedImageFormat.Jpeg, 95);
        return data.ToArray();

        void Draw(int x, int y, SKColor color)
        {
            using var paint = new SKPaint { Color = color };
            canvas.DrawRect(x, y, width / 2, height / 2, paint);
        }
    }

    private static string Name(SKColor color) => (color.Red > 128, color.Green > 128, color.Blue > 128) switch
    {
        (true, false, false) => "red",
        (false, true, false) => "green",
        (false, false, true) => "blue",
        (false, false, false) => "black",
        _ => color.ToString(),
    };

    private string Write(string name, byte[] bytes)
    {
        File.WriteAllBytes(_folder[name], bytes);
        return _folder[name];
    }
}
