namespace Dime.Notebooks.Documents;

/// <summary>A notebook that cannot be read, run or accepted; the message is for the user as it stands.</summary>
internal sealed class NotebookException(string message, Exception? inner = null) : Exception(message, inner);
