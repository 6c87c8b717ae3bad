namespace Dime.MLNet.Mapping;

/// <summary>Says at which row something failed: in a block, the row that is read is not the one that its caller stands on.</summary>
internal sealed class RowException(string message, Exception? cause = null) : InvalidOperationException(message, cause)
{
    /// <summary>Whether the row is to be named yet. None is to blame where someone cancels, or disposes what is being read from.</summary>
    public static bool IsMissingFrom(Exception exception)
    {
        for (Exception? cause = exception; cause is not null; cause = cause.InnerException)
        {
            if (cause is RowException or OperationCanceledException or ObjectDisposedException)
            {
                return false;
            }
        }

        return true;
    }
}
