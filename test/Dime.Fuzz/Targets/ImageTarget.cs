using Dime.Fuzz.Contract;
using Dime.Server.Images;
using Dime.Tool.Tests.Fixtures;
using SkiaSharp;

namespace Dime.Fuzz.Targets;

/// <summary>Images, as the server takes them from requests and the tool from folders. Their decoders are native and tell no coverage.</summary>
internal sealed class ImageTarget : FuzzTarget
{
    private const int MostPixels = 1 << 20;

    private readonly ImageRules _rules = new(MostPixels, new PixelMemory(long.MaxValue));

    public override string Name => "images";

    // Pixels are in proportion to what the server allows of them, not to the file: as decoded, upright, and copied.
    public override long AllowanceBytes => (16 << 20) + (16L * MostPixels);

    // Both say by their result what is wrong.
    public override bool Allows(Exception exception) => false;

    public override void Run(ReadOnlySpan<byte> input)
    {
        using (LentPixels? image = _rules.Decode(input, out ImageFault? fault))
        {
            Require(image is null == fault is not null, "an image is refused without a reason, or taken with one");
            image?.ToThumbnail();
        }

        using var data = SKData.CreateCopy(input);
        using SKCodec? codec = ImageDecoder.Open(data, out string? why);
        Require(codec is null == why is not null, "an image is refused without a reason, or taken with one");

        // The folder's owner may have larger ones.
        if (codec is not null && (long)codec.Info.Width * codec.Info.Height <= MostPixels)
        {
            using ImagePixels? pixels = ImageDecoder.Decode(codec, out why);
            Require(pixels is null == why is not null, "an image is refused without a reason, or taken with one");
        }
    }

    public override IEnumerable<Seed> Seeds() =>
    [
        .. EncodedImages.Kinds.Select(kind => new Seed(kind.Key, kind.Value())),
        new Seed("turned.jpg", EncodedImages.WithOrientation(EncodedImages.Kinds["colors.jpg"](), 6)),
        new Seed("claims-too-much.png", EncodedImages.PngOfSize(60_000, 60_000)),
    ];

    private static void Require(bool condition, string otherwise)
    {
        if (!condition)
        {
            throw new NotSupportedException(otherwise);
        }
    }
}
