namespace Dime.Documentation.Tests;

/// <summary>A snippet does not compile or run; the message names the line of the document.</summary>
internal sealed class SnippetException(string message) : Exception(message);
