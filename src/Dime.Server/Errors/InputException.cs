namespace Dime.Server.Errors;

/// <summary>Something the user gave cannot be used. The message is one sentence with the remedy.</summary>
internal sealed class InputException : Exception
{
    public InputException(string message)
        : base(message)
    {
    }

    public InputException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
