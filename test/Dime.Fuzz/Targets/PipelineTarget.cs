using Dime.Fuzz.Contract;
using Dime.Fuzz.Seeds;

namespace Dime.Fuzz.Targets;

/// <summary>What is told of a pipeline's zip before ML.NET loads it.</summary>
internal sealed class PipelineTarget : FuzzTarget
{
    public override string Name => "pipeline";

    // The names of a step may be 16 MiB, and zeros shrink to a thousandth.
    public override long AllowanceBytes => 128 << 20;

    public override bool Allows(Exception exception) => exception is InvalidDataException;

    public override void Run(ReadOnlySpan<byte> input)
    {
        using var stream = new MemoryStream(input.ToArray());
        SavedPipeline.Read(stream).RequireAssemblies(SavedPipeline.KnownAssemblies);
    }

    public override IEnumerable<Seed> Seeds() => SeedZips.All().Select(zip => new Seed($"{zip.Name}.zip", SeedZips.Stored(zip.Zip)));
}
