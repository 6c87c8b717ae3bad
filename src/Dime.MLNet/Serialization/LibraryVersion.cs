using System.Reflection;

namespace Dime.MLNet.Serialization;

/// <summary>The version of this library, as files that it writes tell it.</summary>
internal static class LibraryVersion
{
    public static string Current { get; } =
        typeof(LibraryVersion).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion.Split('+')[0] ?? "";
}
