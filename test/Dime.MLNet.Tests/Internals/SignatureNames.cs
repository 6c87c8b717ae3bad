using System.Collections.Immutable;
using System.Reflection;
using System.Reflection.Metadata;

namespace Dime.MLNet.Tests.Internals;

/// <summary>Writes signatures as text, the same from metadata as from reflection. Assemblies are left out: types may move.</summary>
internal sealed class SignatureNames : ISignatureTypeProvider<string, object?>
{
    private SignatureNames()
    {
    }

    public static SignatureNames Instance { get; } = new();

    public static string Describe(MethodSignature<string> method) => Describe(method.ReturnType, method.ParameterTypes);

    public static string Describe(MethodBase method) =>
        Describe(method is MethodInfo info ? Describe(info.ReturnType) : "System.Void", method.GetParameters().Select(parameter => Describe(parameter.ParameterType)));

    public static string Describe(Type type) => type switch
    {
        { IsByRef: true } => Describe(type.GetElementType()!) + "&",
        { IsPointer: true } => Describe(type.GetElementType()!) + "*",
        { IsSZArray: true } => Describe(type.GetElementType()!) + "[]",
        { IsGenericTypeParameter: true } => $"!{type.GenericParameterPosition}",
        { IsGenericMethodParameter: true } => $"!!{type.GenericParameterPosition}",
        { IsGenericType: true } => $"{type.GetGenericTypeDefinition().FullName}<{string.Join(", ", type.GetGenericArguments().Select(Describe))}>",
        _ => type.FullName!,
    };

    public static string NameOf(MetadataReader reader, TypeReferenceHandle handle)
    {
        TypeReference type = reader.GetTypeReference(handle);
        string name = reader.GetString(type.Name);
        return type.ResolutionScope.Kind == HandleKind.TypeReference
            ? $"{NameOf(reader, (TypeReferenceHandle)type.ResolutionScope)}+{name}"
            : $"{reader.GetString(type.Namespace)}.{name}";
    }

    public string GetArrayType(string elementType, ArrayShape shape) => $"{elementType}[{new string(',', shape.Rank - 1)}]";

    public string GetByReferenceType(string elementType) => elementType + "&";

    public string GetFunctionPointerType(MethodSignature<string> signature) => "function pointer";

    public string GetGenericInstantiation(string genericType, ImmutableArray<string> typeArguments) => $"{genericType}<{string.Join(", ", typeArguments)}>";

    public string GetGenericMethodParameter(object? genericContext, int index) => $"!!{index}";

    public string GetGenericTypeParameter(object? genericContext, int index) => $"!{index}";

    public string GetModifiedType(string modifier, string unmodifiedType, bool isRequired) => unmodifiedType;

    public string GetPinnedType(string elementType) => elementType;

    public string GetPointerType(string elementType) => elementType + "*";

    public string GetPrimitiveType(PrimitiveTypeCode typeCode) => $"System.{typeCode}";

    public string GetSZArrayType(string elementType) => elementType + "[]";

    public string GetTypeFromDefinition(MetadataReader reader, TypeDefinitionHandle handle, byte rawTypeKind)
    {
        TypeDefinition type = reader.GetTypeDefinition(handle);
        return $"{reader.GetString(type.Namespace)}.{reader.GetString(type.Name)}";
    }

    public string GetTypeFromReference(MetadataReader reader, TypeReferenceHandle handle, byte rawTypeKind) => NameOf(reader, handle);

    public string GetTypeFromSpecification(MetadataReader reader, object? genericContext, TypeSpecificationHandle handle, byte rawTypeKind) =>
        reader.GetTypeSpecification(handle).DecodeSignature(this, genericContext);

    private static string Describe(string returnType, IEnumerable<string> parameterTypes) => $"{returnType} ({string.Join(", ", parameterTypes)})";
}
