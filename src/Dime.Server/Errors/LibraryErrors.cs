using System.Diagnostics;
using Microsoft.ML.OnnxRuntime;

namespace Dime.Server.Errors;

/// <summary>Calls of the library and ML.NET with what the user gave: what they refuse then is wrong input.</summary>
internal static class LibraryErrors
{
    // The assemblies whose own mistakes are no wrong input, though rows are read in the midst of a call.
    private static readonly string?[] _own = [typeof(LibraryErrors).Assembly.GetName().Name, "dime"];

    /// <summary>Makes a call.</summary>
    /// <param name="call">The call.</param>
    /// <param name="explain">Says of the exception what is to blame, where it knows better than the exception's message; null where it does not.</param>
    /// <exception cref="InputException">The call was refused because of its input, or a row that it read is wrong.</exception>
    public static T AsInput<T>(Func<T> call, Func<Exception, string?>? explain = null)
    {
        try
        {
            return call();
        }
        catch (Exception e) when (e is not InputException && IsOfInput(e))
        {
            throw new InputException(explain?.Invoke(e) ?? Cause.Of(e).Message, e);
        }
    }

    private static bool IsOfInput(Exception e) => Cause.Of(e) is InputException
        || (IsRefusal(e.GetBaseException()) && !IsThrownByUs(e.GetBaseException()));

    // What the library, ML.NET and the packages below them throw where a file or a value is at fault; others are mistakes of a program.
    private static bool IsRefusal(Exception e) => e
        is ArgumentException and not ArgumentNullException
        or InvalidOperationException and not ObjectDisposedException
        or FormatException
        or InvalidDataException
        or NotSupportedException
        or OnnxRuntimeException;

    private static bool IsThrownByUs(Exception e) => _own.Contains(
        new StackTrace(e).GetFrames()
            .Select(frame => frame.GetMethod()?.Module.Assembly.GetName().Name)
            .FirstOrDefault(name => name?.StartsWith("System.", StringComparison.Ordinal) is false));
}
