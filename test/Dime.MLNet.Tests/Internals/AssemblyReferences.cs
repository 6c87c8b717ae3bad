using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;

namespace Dime.MLNet.Tests.Internals;

/// <summary>The other assemblies that a compiled assembly refers to, with their types and members.</summary>
internal sealed class AssemblyReferences : IDisposable
{
    private readonly PEReader _file;
    private readonly MetadataReader _metadata;

    public AssemblyReferences(string path)
    {
        _file = new PEReader(File.OpenRead(path));
        _metadata = _file.GetMetadataReader();
    }

    public IEnumerable<string> AssemblyNames =>
        _metadata.AssemblyReferences.Select(handle => _metadata.GetString(_metadata.GetAssemblyReference(handle).Name));

    /// <summary>The full names of the types of one assembly; nested ones with a plus.</summary>
    public IEnumerable<string> TypesOf(string assemblyName) =>
        from handle in _metadata.TypeReferences
        where AssemblyOf(handle) == assemblyName
        select SignatureNames.NameOf(_metadata, handle);

    /// <summary>The methods and fields of the types of one assembly.</summary>
    public IEnumerable<MemberReferenceName> MembersOf(string assemblyName)
    {
        foreach (MemberReferenceHandle handle in _metadata.MemberReferences)
        {
            MemberReference member = _metadata.GetMemberReference(handle);
            if (DeclaringType(member.Parent) is { } type && AssemblyOf(type) == assemblyName)
            {
                string signature = member.GetKind() == MemberReferenceKind.Field
                    ? member.DecodeFieldSignature(SignatureNames.Instance, null)
                    : SignatureNames.Describe(member.DecodeMethodSignature(SignatureNames.Instance, null));
                yield return new MemberReferenceName(SignatureNames.NameOf(_metadata, type), _metadata.GetString(member.Name), signature);
            }
        }
    }

    public void Dispose() => _file.Dispose();

    private TypeReferenceHandle? DeclaringType(EntityHandle parent) => parent.Kind switch
    {
        HandleKind.TypeReference => (TypeReferenceHandle)parent,
        HandleKind.TypeSpecification => GenericDefinition((TypeSpecificationHandle)parent),
        _ => null,
    };

    // A member of a constructed type, such as TransformerChain<DimeTransformer>: 0x15 (generic instance), 0x12 or 0x11, type.
    private TypeReferenceHandle? GenericDefinition(TypeSpecificationHandle handle)
    {
        BlobReader blob = _metadata.GetBlobReader(_metadata.GetTypeSpecification(handle).Signature);
        if (blob.ReadSignatureTypeCode() != SignatureTypeCode.GenericTypeInstance)
        {
            return null;
        }

        _ = blob.ReadCompressedInteger();
        EntityHandle type = blob.ReadTypeHandle();
        return type.Kind == HandleKind.TypeReference ? (TypeReferenceHandle)type : null;
    }

    private string? AssemblyOf(TypeReferenceHandle handle)
    {
        EntityHandle scope = _metadata.GetTypeReference(handle).ResolutionScope;
        return scope.Kind switch
        {
            HandleKind.AssemblyReference => _metadata.GetString(_metadata.GetAssemblyReference((AssemblyReferenceHandle)scope).Name),
            HandleKind.TypeReference => AssemblyOf((TypeReferenceHandle)scope),
            _ => null,
        };
    }
}
