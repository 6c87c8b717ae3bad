using Microsoft.ML.Data;
using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;

namespace Dime.Tool.Tests.Fixtures;

/// <summary>A network that takes the sample images, run by ONNX Runtime alone.</summary>
internal sealed class ImageSession(string file) : IDisposable
{
    private readonly InferenceSession _session = new(file);

    public float[] Run(string path, string output)
    {
        using var image = MLImage.CreateFromFile(path);
        ReadOnlySpan<byte> pixels = image.Pixels;
        bool isRgba = image.PixelFormat == MLPixelFormat.Rgba32;
        var tensor = new DenseTensor<float>([1, 3, image.Height, image.Width]);
        for (int i = 0; i < image.Width * image.Height; i++)
        {
            for (int color = 0; color < 3; color++)
            {
                tensor.SetValue((color * image.Width * image.Height) + i, pixels[(4 * i) + (isRgba ? color : 2 - color)]);
            }
        }

        using IDisposableReadOnlyCollection<DisposableNamedOnnxValue> outputs = _session.Run([NamedOnnxValue.CreateFromTensor("image", tensor)], [output]);
        return [.. outputs[0].AsTensor<float>()];
    }

    public void Dispose() => _session.Dispose();
}
