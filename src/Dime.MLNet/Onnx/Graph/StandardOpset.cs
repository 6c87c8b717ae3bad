using Dime.MLNet.Onnx.Protobuf;

namespace Dime.MLNet.Onnx.Graph;

/// <summary>The version of the standard operators that a model uses.</summary>
internal static class StandardOpset
{
    /// <summary>0 where the model uses none.</summary>
    public static long Of(ModelProto model) =>
        // Both names stand for the standard operators.
        model.OpsetImport.FirstOrDefault(import => import.Domain is "" or "ai.onnx")?.Version ?? 0;
}
