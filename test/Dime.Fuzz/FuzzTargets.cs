using Dime.Fuzz.Contract;
using Dime.Fuzz.Targets;

namespace Dime.Fuzz;

/// <summary>All that is fuzzed.</summary>
internal static class FuzzTargets
{
    /// <summary>Makes each by its name, when it is asked for: some fit a model first.</summary>
    public static IReadOnlyDictionary<string, Func<FuzzTarget>> ByName { get; } = new Dictionary<string, Func<FuzzTarget>>
    {
        ["model"] = () => new ModelTarget(),
        ["pipeline"] = () => new PipelineTarget(),
        ["sums"] = () => new SumsTarget(),
        ["monitor"] = () => new MonitorTarget(),
        ["onnx"] = () => new OnnxTarget(),
        ["detector"] = () => new DetectorTarget(),
        ["npy"] = () => new NpyTarget(),
        ["csv"] = () => new CsvTarget(),
        ["images"] = () => new ImageTarget(),
        ["request"] = () => new RequestTarget(),
    };
}
