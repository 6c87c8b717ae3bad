namespace Dime.MLNet.Tests.Fixtures;

/// <summary>The features of one image at the layers of <see cref="SampleFeatures"/>.</summary>
internal sealed class LayerRow
{
    public string Name { get; set; } = "";

    public float[] Layer0 { get; set; } = [];

    public float[] Layer1 { get; set; } = [];

    public float[] Layer2 { get; set; } = [];

    public float[] At(int layer) => layer switch { 0 => Layer0, 1 => Layer1, _ => Layer2 };
}
