using Dime.Fuzz.Contract;
using Dime.Fuzz.Seeds;
using Dime.MLNet.Detection;
using Dime.MLNet.Onnx.Features;
using Dime.MLNet.Pooling;

namespace Dime.Fuzz.Targets;

/// <summary>What our stages keep in a pipeline's zip, and fitted models in files of their own. Which it is, its first bytes say.</summary>
internal sealed class ModelTarget : FuzzTarget
{
    private const int LongestRow = 1 << 16;

    public override string Name => "model";

    public override bool Allows(Exception exception) => exception is InvalidDataException;

    public override IEnumerable<byte[]> FormsOf(byte[] input) => Seal.BothWays(input);

    public override void Run(ReadOnlySpan<byte> input)
    {
        using var stream = new MemoryStream(input.ToArray());
        switch (input)
        {
            case [_, _, _, _, (byte)'O', (byte)'N', ..]:
                OnnxFeatureTransformerFormat.Read(stream);
                break;
            case [_, _, _, _, (byte)'P', (byte)'O', ..]:
                PoolingTransformerFormat.Read(stream);
                break;
            case [_, _, _, _, (byte)'P', ..]:
                Use(ModelledEmbedding.Load(stream));
                break;
            case [_, _, _, _, (byte)'E', _, _, (byte)'X', ..]:
                Use(EnsembleTransformerFormat.Read(stream).Model);
                break;
            case [_, _, _, _, (byte)'E', ..]:
                Use(ModelledEnsemble.Load(stream));
                break;
            default:
                Use(DimeTransformerFormat.Read(stream).Model);
                break;
        }
    }

    public override IEnumerable<Seed> Seeds()
    {
        foreach ((string name, byte[] zip) in SeedZips.All())
        {
            int number = 0;
            foreach (byte[] payload in SeedZips.Payloads(zip))
            {
                yield return new Seed($"{name}-{number++}.step", payload);
            }
        }

        yield return Of("plain.embedding", SeedModels.Embedding().Save);
        yield return Of("normal.embedding", SeedModels.Embedding(normalize: true).Save);
        yield return Of("all.ensemble", SeedModels.Ensemble().Save);
    }

    /// <summary>Whoever loads a model scores with it, and saves it again.</summary>
    public static void Use(ModelledEmbedding model)
    {
        float[] row = RowOf(model.Dimension);
        model.DistanceToHyperplane(row);
        if (model.IsCalibrated)
        {
            model.ProbabilityOfDistanceToHyperplane(row);
        }

        using var saved = new MemoryStream();
        model.Save(saved);
        saved.Position = 0;
        Required(() => ModelledEmbedding.Load(saved));
    }

    /// <inheritdoc cref="Use(ModelledEmbedding)"/>
    public static void Use(ModelledEnsemble model)
    {
        float[] row = RowOf(model.Layout.Width);
        model.MeasureScores(row);
        if (model.IsCalibrated && row.Length > 0)
        {
            model.Probability(row);
        }

        using var saved = new MemoryStream();
        model.Save(saved);
        saved.Position = 0;
        Required(() => ModelledEnsemble.Load(saved));
    }

    /// <summary>What was accepted once must not be refused when it comes back.</summary>
    public static void Required(Action load)
    {
        try
        {
            load();
        }
        catch (Exception exception)
        {
            throw new NotSupportedException($"What was loaded and saved is refused: {exception.Message}", exception);
        }
    }

    /// <summary>A row; none where it is longer than an input can vouch for: norms and energies need nothing for each value.</summary>
    public static float[] RowOf(int dimension) => dimension <= LongestRow ? new float[dimension] : [];

    private static Seed Of(string name, Action<Stream> save)
    {
        using var stream = new MemoryStream();
        save(stream);
        return new Seed(name, stream.ToArray());
    }
}
