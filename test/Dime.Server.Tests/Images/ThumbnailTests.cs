using Dime.Server.Images;
using Dime.Tool.Tests.Fixtures;
using SkiaSharp;

namespace Dime.Server.Tests.Images;

[TestClass]
public sealed class ThumbnailTests
{
    private readonly string _file = Path.GetTempFileName();

    [TestCleanup]
    public void Delete() => File.Delete(_file);

    [TestMethod]
    public void Tiny_image_keeps_every_pixel()
    {
        Save(32, 20, SKAlphaType.Opaque);

        Thumbnail thumbnail = Thumbnail.Of(_file)!;
        using SKBitmap copy = Decode(thumbnail, "png");

        Assert.IsTrue(thumbnail.IsTiny);
        Assert.AreEqual((32, 20), (copy.Width, copy.Height));
        Assert.AreEqual(new SKColor(31, 19, 50), copy.GetPixel(31, 19));
        Assert.AreEqual(new SKColor(7, 3, 10), copy.GetPixel(7, 3));
    }

    [TestMethod]
    [DataRow(1000, 500, 192, 96)]
    [DataRow(3, 1000, 1, 192)]
    [DataRow(192, 100, 192, 100)]
    public void Large_image_becomes_a_small_one_of_its_shape(int width, int height, int expectedWidth, int expectedHeight)
    {
        Save(width, height, SKAlphaType.Opaque);

        Thumbnail thumbnail = Thumbnail.Of(_file)!;
        using SKBitmap copy = Decode(thumbnail, "jpeg");

        Assert.IsFalse(thumbnail.IsTiny);
        Assert.AreEqual((expectedWidth, expectedHeight), (copy.Width, copy.Height));
    }

    [TestMethod]
    public void Transparent_image_stays_transparent()
    {
        Save(300, 300, SKAlphaType.Premul);

        using SKBitmap copy = Decode(Thumbnail.Of(_file)!, "png");

        Assert.AreEqual(0, copy.GetPixel(0, 0).Alpha);
    }

    [TestMethod]
    public void Image_is_shown_as_it_is_meant_to_be_seen()
    {
        byte[] jpeg = EncodedImages.Kinds["colors.jpg"]();
        using var stored = SKBitmap.Decode(jpeg);
        File.WriteAllBytes(_file, EncodedImages.WithOrientation(jpeg, 6));

        using SKBitmap copy = Decode(Thumbnail.Of(_file)!, "png");

        Assert.AreEqual((stored.Height, stored.Width), (copy.Width, copy.Height));
        Assert.AreEqual(stored.GetPixel(0, 0), copy.GetPixel(copy.Width - 1, 0));
    }

    [TestMethod]
    public void File_that_is_gone_or_no_image_has_no_thumbnail()
    {
        File.WriteAllText(_file, "no image");
        Assert.IsNull(Thumbnail.Of(_file));
        Assert.IsNull(Thumbnail.Of(_file + ".gone"));
        Assert.IsNull(Thumbnail.Of(Path.GetTempPath()));
    }

    private void Save(int width, int height, SKAlphaType alpha)
    {
        using var image = new SKBitmap(width, height, SKColorType.Rgba8888, alpha);
        image.Erase(SKColors.Transparent);
        for (int x = 0; alpha == SKAlphaType.Opaque && x < width; x++)
        {
            for (int y = 0; y < height; y++)
            {
                image.SetPixel(x, y, new SKColor((byte)x, (byte)y, (byte)(x + y)));
            }
        }

        using SKData data = image.Encode(SKEncodedImageFormat.Png, 100);
        File.WriteAllBytes(_file, data.ToArray());
    }

    private static SKBitmap Decode(Thumbnail thumbnail, string format)
    {
        string start = $"data:image/{format};base64,";
        StringAssert.StartsWith(thumbnail.DataUri, start, StringComparison.Ordinal);
        return SKBitmap.Decode(Convert.FromBase64String(thumbnail.DataUri[start.Length..]));
    }
}
