using Microsoft.ML.OnnxRuntime;

namespace Dime.MLNet.Onnx.Features;

/// <summary>ONNX Runtime's views of the buffers of some tensors, for one number of rows at a time.</summary>
internal sealed class FeatureTensorValues(IReadOnlyList<FeatureTensorBuffer> buffers) : IDisposable
{
    private readonly OrtValue[] _values = new OrtValue[buffers.Count];
    private int _rows;

    public string[] Names { get; } = [.. buffers.Select(buffer => buffer.Tensor.Name)];

    public IReadOnlyCollection<OrtValue> Values => _values;

    /// <summary>Makes the tensors begin with the buffers and have so many rows.</summary>
    public void Resize(int rows)
    {
        if (rows == _rows)
        {
            return;
        }

        Dispose();
        for (int i = 0; i < buffers.Count; i++)
        {
            _values[i] = buffers[i].View(rows);
        }

        _rows = rows;
    }

    public void Dispose()
    {
        foreach (OrtValue value in _values)
        {
            value?.Dispose();
        }

        Array.Clear(_values);
        _rows = 0;
    }
}
