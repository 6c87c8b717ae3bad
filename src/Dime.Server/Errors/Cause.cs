using System.Reflection;

namespace Dime.Server.Errors;

/// <summary>What is to blame for an exception.</summary>
internal static class Cause
{
    /// <summary>What made an exception, inside what ML.NET and .NET have wrapped around it.</summary>
    public static Exception Of(Exception exception)
    {
        Exception[] chain = [.. Chain(exception)];
        return chain.FirstOrDefault(e => e is InputException) ?? chain.First(e => !IsWrapper(e));
    }

    /// <summary>Whether memory ran out, whatever was made of that since.</summary>
    public static bool IsOfMemory(Exception exception) => exception is AggregateException { InnerExceptions: var all }
        ? all.Any(IsOfMemory)
        : Chain(exception).Any(e => e is OutOfMemoryException);

    private static IEnumerable<Exception> Chain(Exception exception)
    {
        for (Exception? e = exception; e is not null; e = e.InnerException)
        {
            yield return e;
        }
    }

    // ML.NET and reflection wrap what a source of rows or a loader throws, sometimes more than once.
    private static bool IsWrapper(Exception e) => e.InnerException is not null
        && (e is AggregateException or TargetInvocationException || e.Source?.StartsWith("Microsoft.ML", StringComparison.Ordinal) is true);
}
