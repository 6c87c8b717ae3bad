namespace Dime.Soak.Swaps;

/// <summary>A server whose model is changed while it answers.</summary>
/// <param name="Time">How long.</param>
/// <param name="Process">The server's.</param>
/// <param name="Address">Where it listens.</param>
/// <param name="Served">The file that it serves.</param>
/// <param name="Rows">A folder of images, or a CSV of embeddings without names.</param>
/// <param name="Models">Two models, of which there is a zip each, and a csv of what <c>dime score</c> says of the rows; without the ending.</param>
internal sealed record SwapSettings(TimeSpan Time, int Process, Uri Address, string Served, string Rows, IReadOnlyList<string> Models);
