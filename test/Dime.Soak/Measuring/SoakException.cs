namespace Dime.Soak.Measuring;

/// <summary>Something is not as it must be.</summary>
internal sealed class SoakException(string message) : Exception(message);
