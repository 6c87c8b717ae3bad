using ArchUnitNET.Domain;
using ArchUnitNET.Loader;

namespace Dime.Tool.Tests.Architecture;

/// <summary>The rooms of an assembly, whose namespaces are its folders, and which of them use which.</summary>
/// <param name="assembly">The assembly.</param>
/// <param name="root">The namespace of all; the room "" has its own types.</param>
/// <param name="mayUse">Each room with those that it may use.</param>
internal sealed class Rooms(System.Reflection.Assembly assembly, string root, IReadOnlyDictionary<string, string[]> mayUse)
{
    private readonly ArchUnitNET.Domain.Architecture _types = new ArchLoader().LoadAssemblies(assembly).Build();

    public IEnumerable<string> Names => mayUse.Keys;

    /// <summary>The namespaces that are no room.</summary>
    public string[] Others() =>
        [.. _types.Types.Select(type => type.Namespace.FullName).Where(name => name.StartsWith(root, StringComparison.Ordinal) && RoomOf(name) is null).Distinct()];

    /// <summary>What a room uses and may not.</summary>
    public string[] WrongUsesOf(string room) =>
        [.. Uses().Where(use => use.From == room && !mayUse[room].Contains(use.To)).Select(use => use.Description).Distinct().Order()];

    /// <summary>All uses between rooms. Type parameters are none: those of one name are taken for one another, whatever type declares them.</summary>
    public IEnumerable<(string From, string To, string Description)> Uses() =>
        from type in _types.Types
        let @from = RoomOf(type.Namespace.FullName)
        where @from is not null
        from dependency in type.Dependencies
        where dependency.Target is not GenericParameter
        let to = RoomOf(dependency.Target.Namespace.FullName)
        where to is not null && to != @from
        select (@from, to, $"{type.FullName} uses {dependency.Target.FullName}");

    private string? RoomOf(string name) => mayUse.Keys.SingleOrDefault(room => name == (room.Length == 0 ? root : $"{root}.{room}"));
}
