namespace Dime.Cluster;

/// <summary>A cluster cannot do what is asked of it. The message is a sentence with the remedy.</summary>
public class ClusterException : Exception
{
    /// <summary>An exception without a sentence.</summary>
    public ClusterException()
    {
    }

    /// <param name="message">The sentence.</param>
    public ClusterException(string message)
        : base(message)
    {
    }

    /// <param name="message">The sentence.</param>
    /// <param name="innerException">What is behind it.</param>
    public ClusterException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
