// WidenAccess <assembly> <list of types> <output>
//
// Copies an assembly with the listed types, and their internal members, made public. Only accessibility bits
// in the metadata tables change, so the copy is good for compiling against and for nothing else.
using System.Buffers.Binary;
using System.Reflection;
using System.Reflection.Metadata;
using System.Reflection.Metadata.Ecma335;
using System.Reflection.PortableExecutable;

if (args is not [var source, var list, var output])
{
    Console.Error.WriteLine("usage: WidenAccess <assembly> <list of types> <output>");
    return 2;
}

byte[] image = File.ReadAllBytes(source);
using var pe = new PEReader(new MemoryStream(image, writable: false));
MetadataReader metadata = pe.GetMetadataReader();
string assemblyName = metadata.GetString(metadata.GetAssemblyDefinition().Name);
var missing = ReadList(list, assemblyName).ToHashSet(StringComparer.Ordinal);

foreach (TypeDefinitionHandle handle in metadata.TypeDefinitions)
{
    TypeDefinition type = metadata.GetTypeDefinition(handle);
    if (missing.Remove(FullName(type)))
    {
        Widen(handle, type);
    }
}

if (missing.Count > 0)
{
    Console.Error.WriteLine($"{list}: error : {assemblyName} has no type {string.Join(", ", missing)}.");
    return 1;
}

File.WriteAllBytes(output, image);
return 0;

static IEnumerable<string> ReadList(string path, string assembly) =>
    from line in File.ReadLines(path)
    let words = line.Split(' ', StringSplitOptions.RemoveEmptyEntries)
    where words.Length == 2 && words[0] == assembly
    select words[1];

string FullName(TypeDefinition type)
{
    string name = metadata.GetString(type.Name);
    return type.IsNested
        ? FullName(metadata.GetTypeDefinition(type.GetDeclaringType())) + "+" + name
        : metadata.GetString(type.Namespace) + "." + name;
}

void Widen(TypeDefinitionHandle handle, TypeDefinition type)
{
    TypeAttributes open = type.IsNested ? TypeAttributes.NestedPublic : TypeAttributes.Public;
    int typeRow = RowOffset(TableIndex.TypeDef, MetadataTokens.GetRowNumber(handle));
    uint flags = (uint)((type.Attributes & ~TypeAttributes.VisibilityMask) | open);
    BinaryPrimitives.WriteUInt32LittleEndian(image.AsSpan(typeRow), flags);

    foreach (MethodDefinitionHandle method in type.GetMethods())
    {
        MethodAttributes attributes = metadata.GetMethodDefinition(method).Attributes;
        if ((attributes & MethodAttributes.MemberAccessMask) == MethodAttributes.Assembly)
        {
            // A MethodDef row starts with RVA (4 bytes) and ImplFlags (2 bytes).
            int row = RowOffset(TableIndex.MethodDef, MetadataTokens.GetRowNumber(method)) + 6;
            ushort widened = (ushort)((attributes & ~MethodAttributes.MemberAccessMask) | MethodAttributes.Public);
            BinaryPrimitives.WriteUInt16LittleEndian(image.AsSpan(row), widened);
        }
    }

    foreach (FieldDefinitionHandle field in type.GetFields())
    {
        FieldAttributes attributes = metadata.GetFieldDefinition(field).Attributes;
        if ((attributes & FieldAttributes.FieldAccessMask) == FieldAttributes.Assembly)
        {
            int row = RowOffset(TableIndex.Field, MetadataTokens.GetRowNumber(field));
            ushort widened = (ushort)((attributes & ~FieldAttributes.FieldAccessMask) | FieldAttributes.Public);
            BinaryPrimitives.WriteUInt16LittleEndian(image.AsSpan(row), widened);
        }
    }
}

int RowOffset(TableIndex table, int row) =>
    pe.PEHeaders.MetadataStartOffset
    + metadata.GetTableMetadataOffset(table)
    + ((row - 1) * metadata.GetTableRowSize(table));
