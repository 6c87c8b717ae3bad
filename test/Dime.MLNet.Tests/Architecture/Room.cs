namespace Dime.MLNet.Tests.Architecture;

/// <summary>A folder of the library, and the folders whose types its own may use besides each other.</summary>
internal sealed record Room(string Folder, params string[] MayUse)
{
    /// <summary>The table of CONTRIBUTING.md; "" is the face.</summary>
    public static IReadOnlyList<Room> All { get; } =
    [
        new("", ["Detection", "Detection/Training", "Onnx", "Onnx/Features", "Onnx/Detectors", "Onnx/Monitoring", "Onnx/Graph", "Onnx/Protobuf", "Pooling", "Evaluation", "Evaluation/Drift", "Telemetry", .. Below]),
        new("Detection/Training", ["Detection", .. Below]),
        new("Detection", ["Telemetry", .. Below]),
        new("Onnx", ["Onnx/Features", "Onnx/Detectors", "Onnx/Monitoring", "Onnx/Graph", "Onnx/Protobuf", "Pooling", .. Below]),
        new("Onnx/Features", ["Onnx/Graph", "Onnx/Protobuf", "Pooling", .. Below.Except(["Modelling", "Modelling/Ensembles"])]),
        new("Onnx/Detectors", "Onnx/Graph", "Onnx/Protobuf", "Pooling", "Modelling", "Modelling/Covariances", "Modelling/Ensembles", "Serialization"),
        new("Onnx/Monitoring", "Onnx/Graph", "Onnx/Protobuf", "Pooling", "Modelling/Ensembles"),
        new("Onnx/Graph", "Onnx/Protobuf", "Serialization"),
        new("Onnx/Protobuf"),
        new("Pooling", Below),
        new("Evaluation", Below),
        new("Evaluation/Drift", "Modelling", "Modelling/Ensembles", "Numerics", "Numerics/Distributions"),
        new("Mapping", "Internals"),
        new("Modelling/Ensembles", "Modelling", "Modelling/Covariances", "Numerics", "Numerics/Eigen", "Numerics/Rows", "Serialization"),
        new("Modelling/Covariances", "Modelling", "Numerics", "Numerics/Eigen", "Numerics/Rows"),
        new("Modelling", "Numerics", "Numerics/Eigen", "Numerics/Rows", "Serialization"),
        new("Internals"),
        new("Telemetry"),
        new("Numerics/Distributions"),
        new("Numerics/Rows", "Numerics", "Numerics/Eigen", "Numerics/Simd"),
        new("Numerics/Eigen", "Numerics", "Numerics/Simd"),
        new("Numerics", "Numerics/Simd"),
        new("Numerics/Simd"),
        new("Serialization"),
    ];

    private static string[] Below => ["Mapping", "Modelling", "Modelling/Ensembles", "Internals", "Numerics", "Numerics/Eigen", "Serialization"];
}
