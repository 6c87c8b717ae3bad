using System.Reflection;
using Microsoft.ML;

namespace Dime.MLNet.Tests.Fixtures;

/// <summary>What tests need of ML.NET that is not public.</summary>
internal static class MLNetInternals
{
    public static SchemaShape ShapeOf(DataViewSchema schema) =>
        (SchemaShape)Method(typeof(SchemaShape), "Create", BindingFlags.Static).Invoke(null, [schema])!;

    public static void CancelExecution(MLContext mlContext) =>
        Method(typeof(MLContext), "CancelExecution", BindingFlags.Instance).Invoke(mlContext, null);

    private static MethodInfo Method(Type type, string name, BindingFlags kind) =>
        type.GetMethod(name, BindingFlags.NonPublic | kind) ?? throw new MissingMethodException(type.FullName, name);
}
