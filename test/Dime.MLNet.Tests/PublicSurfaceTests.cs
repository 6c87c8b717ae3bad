using System.Reflection;
using Microsoft.ML;
using Microsoft.ML.OnnxRuntime.Tensors;

namespace Dime.MLNet.Tests;

/// <summary>What users of the package can name, and what they need for it.</summary>
[TestClass]
public sealed class PublicSurfaceTests
{
    private const BindingFlags Declared = BindingFlags.Public | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly;

    // ML.NET itself and .NET; what runs networks and parses files may be replaced.
    private static readonly string[] _known = ["Dime.MLNet", "Microsoft.ML.Core", "Microsoft.ML.Data", "Microsoft.ML.DataView"];

    private static readonly Type[] _types = typeof(DimeTransformer).Assembly.GetExportedTypes();

    [TestMethod]
    public void Public_members_speak_of_the_library_ML_NET_and_the_framework_alone()
    {
        string[] foreign =
        [
            .. from type in _types
               from member in type.GetMembers(Declared)
               from mentioned in TypesOf(member).SelectMany(Parts)
               let assembly = mentioned.Assembly.GetName().Name!
               where !_known.Contains(assembly) && !assembly.StartsWith("System.", StringComparison.Ordinal)
               select $"{type.Name}.{member.Name}: {mentioned.FullName}",
        ];

        Assert.IsEmpty(foreign, string.Join('\n', foreign));
    }

    [TestMethod]
    public void Every_estimator_has_a_constructor_that_starts_with_the_context()
    {
        Type[] estimators = [.. _types.Where(type => type.GetInterfaces().Any(each => each.IsGenericType && each.GetGenericTypeDefinition() == typeof(IEstimator<>)))];

        // The catalog alone makes those that have none.
        Assert.IsGreaterThanOrEqualTo(4, estimators.Length);
        foreach (Type estimator in estimators.Where(estimator => estimator.GetConstructors().Length > 0))
        {
            ConstructorInfo constructor = estimator.GetConstructors().Single();
            Assert.AreEqual(typeof(MLContext), constructor.GetParameters()[0].ParameterType, estimator.Name);
            Assert.AreEqual("mlContext", constructor.GetParameters()[0].Name, estimator.Name);
        }
    }

    [TestMethod]
    public void Element_types_have_the_names_and_numbers_that_ONNX_Runtime_has()
    {
        foreach (TensorElementType known in Enum.GetValues<TensorElementType>().Where(type => type != TensorElementType.DataTypeMax))
        {
            Assert.AreEqual((OnnxElementType)known, Enum.Parse<OnnxElementType>(known.ToString()));
        }
    }

    private static IEnumerable<Type> TypesOf(MemberInfo member) => member switch
    {
        MethodInfo method => [method.ReturnType, .. method.GetParameters().Select(parameter => parameter.ParameterType)],
        ConstructorInfo constructor => constructor.GetParameters().Select(parameter => parameter.ParameterType),
        FieldInfo field => [field.FieldType],
        PropertyInfo property => [property.PropertyType],
        _ => [],
    };

    private static IEnumerable<Type> Parts(Type type) =>
        type.HasElementType ? Parts(type.GetElementType()!) : [type, .. type.GetGenericArguments().SelectMany(Parts)];
}
