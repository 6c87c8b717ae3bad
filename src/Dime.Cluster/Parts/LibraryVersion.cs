using System.Reflection;
using Dime.MLNet;

namespace Dime.Cluster.Parts;

/// <summary>The version of the library that sums; sums of different versions are not mixed.</summary>
internal static class LibraryVersion
{
    public static string Text { get; } =
        typeof(DimeEstimator).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "";
}
