using System.Reflection;
using Dime.MLNet.Tests.Fixtures;

namespace Dime.MLNet.Tests.Internals;

/// <summary>
/// The library is compiled against widened copies of two assemblies of ML.NET. These tests say in plain words what is gone
/// when another version no longer has it, where users would meet a MissingMethodException.
/// </summary>
[TestClass]
public sealed class MLNetInternalsTests
{
    private const BindingFlags Declared =
        BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly;

    [TestMethod]
    [DataRow("Microsoft.ML.Core")]
    [DataRow("Microsoft.ML.Data")]
    public void Everything_the_library_uses_of_MLNet_is_there(string assemblyName)
    {
        var assembly = Assembly.Load(assemblyName);
        using AssemblyReferences references = OfTheLibrary();

        List<string> missing =
        [
            .. references.TypesOf(assemblyName).Where(name => assembly.GetType(name) is null),
            .. references.MembersOf(assemblyName).Where(member => Find(assembly, member) is null).Select(member => member.ToString()),
        ];

        Assert.IsNotEmpty(references.MembersOf(assemblyName));
        Assert.IsEmpty(missing, Explain(assembly, missing));
    }

    [TestMethod]
    public void Check_sees_what_is_missing()
    {
        var assembly = Assembly.Load("Microsoft.ML.Core");
        using AssemblyReferences references = OfTheLibrary();
        MemberReferenceName known = references.MembersOf("Microsoft.ML.Core").First(member => member.TypeName == "Microsoft.ML.ModelSaveContext");

        Assert.IsNotNull(Find(assembly, known));
        Assert.IsNull(Find(assembly, known with { TypeName = "Microsoft.ML.NoContext" }));
        Assert.IsNull(Find(assembly, known with { Name = "NoMember" }));
        Assert.IsNull(Find(assembly, known with { Signature = "System.Void (System.Guid)" }));
    }

    [TestMethod]
    public void List_of_internals_has_exactly_those_the_library_uses()
    {
        using AssemblyReferences references = OfTheLibrary();
        List<string> used = [], inSignatures = [];
        foreach (string assemblyName in new[] { "Microsoft.ML.Core", "Microsoft.ML.Data" })
        {
            var assembly = Assembly.Load(assemblyName);
            IEnumerable<string> types = references.TypesOf(assemblyName).Where(name => assembly.GetType(name) is { IsVisible: false });
            IEnumerable<string> typesOfMembers = references.MembersOf(assemblyName)
                .Select(member => Find(assembly, member))
                .Where(member => member is MethodBase { IsPublic: false } or FieldInfo { IsPublic: false })
                .Select(member => member!.DeclaringType!.FullName!);
            used.AddRange(types.Union(typesOfMembers).Select(name => $"{assemblyName} {name}"));

            // The compiler lets a call pass whose parameter has an internal type, so such a type need not be listed.
            inSignatures.AddRange(types.Where(name => references.MembersOf(assemblyName).Any(member => member.Signature.Contains(name, StringComparison.Ordinal)))
                .Select(name => $"{assemblyName} {name}"));
        }

        string[] listed = File.ReadAllLines(ProjectFiles.MLNetInternals);

        List<string> lacking = [.. used.Except(listed).Except(inSignatures)];
        Assert.IsEmpty(lacking, $"eng/mlnet-internals.txt lacks: {string.Join(", ", lacking)}");
        Assert.IsEmpty(listed.Except(used), $"eng/mlnet-internals.txt lists what is not used: {string.Join(", ", listed.Except(used))}");
    }

    private static AssemblyReferences OfTheLibrary() => new(typeof(DimeTransformer).Assembly.Location);

    private static MemberInfo? Find(Assembly assembly, MemberReferenceName reference)
    {
        for (Type? type = assembly.GetType(reference.TypeName); type is not null; type = type.BaseType)
        {
            MemberInfo? found = type.GetMembers(Declared).FirstOrDefault(member => member.Name == reference.Name && reference.Signature == member switch
            {
                MethodBase method => SignatureNames.Describe(method),
                FieldInfo field => SignatureNames.Describe(field.FieldType),
                _ => null,
            });
            if (found is not null)
            {
                return found;
            }
        }

        return null;
    }

    private static string Explain(Assembly assembly, List<string> missing) =>
        $"{assembly.GetName().Name} {assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()!.InformationalVersion} of the package Microsoft.ML "
        + $"lacks what Dime.MLNet uses of it: {string.Join("; ", missing)}. "
        + "Change what Internals/ and Mapping/ use, or narrow the version range in Directory.Packages.props.";
}
