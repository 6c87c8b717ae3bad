namespace Dime.MLNet.Evidence.Data;

/// <summary>The pixels of an image, four bytes each: three colours and opacity.</summary>
internal sealed class PixelGrid(byte[] values, int width, int height)
{
    private const int BytesPerPixel = 4;
    private const int Colors = 3;

    public byte[] Values => values;

    public int Width => width;

    public int Height => height;

    /// <summary>Replaces each colour of each pixel; what is below 0 or above 255 is cut off.</summary>
    public void Map(Func<double, double> function)
    {
        for (int i = 0; i < values.Length; i++)
        {
            if (i % BytesPerPixel != Colors)
            {
                values[i] = ToByte(function(values[i]));
            }
        }
    }

    public void SwapOuterColors()
    {
        for (int i = 0; i < values.Length; i += BytesPerPixel)
        {
            (values[i], values[i + 2]) = (values[i + 2], values[i]);
        }
    }

    public void FillLowerHalf(byte color)
    {
        for (int i = height / 2 * width * BytesPerPixel; i < values.Length; i++)
        {
            values[i] = i % BytesPerPixel == Colors ? values[i] : color;
        }
    }

    /// <summary>Averages with the weights of a normal distribution; beyond the borders the outermost pixels go on.</summary>
    public void Blur(double deviation)
    {
        int reach = (int)Math.Ceiling(3 * deviation);
        double[] weights = [.. Enumerable.Range(-reach, (2 * reach) + 1).Select(offset => Math.Exp(-offset * offset / (2 * deviation * deviation)))];
        double sum = weights.Sum();
        double[] source = [.. values.Select(value => (double)value)];
        double[] across = Weighted(source, (x, y, offset) => (y * width) + Math.Clamp(x + offset, 0, width - 1));
        double[] both = Weighted(across, (x, y, offset) => (Math.Clamp(y + offset, 0, height - 1) * width) + x);
        for (int i = 0; i < values.Length; i++)
        {
            values[i] = i % BytesPerPixel == Colors ? values[i] : ToByte(both[i]);
        }

        double[] Weighted(double[] from, Func<int, int, int, int> pixelAt)
        {
            double[] to = new double[from.Length];
            for (int y = 0; y < height; y++)
            {
                for (int x = 0; x < width; x++)
                {
                    int target = ((y * width) + x) * BytesPerPixel;
                    for (int offset = -reach; offset <= reach; offset++)
                    {
                        int at = pixelAt(x, y, offset) * BytesPerPixel;
                        double weight = weights[offset + reach] / sum;
                        for (int color = 0; color < Colors; color++)
                        {
                            to[target + color] += weight * from[at + color];
                        }
                    }
                }
            }

            return to;
        }
    }

    private static byte ToByte(double value) => (byte)Math.Clamp(Math.Round(value), 0, 255);
}
