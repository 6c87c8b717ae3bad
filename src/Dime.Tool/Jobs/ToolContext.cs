using Dime.Tool.Outputs;
using Dime.Tool.Terminal;

namespace Dime.Tool.Jobs;

/// <summary>What a command works with.</summary>
/// <param name="Console">Where it says what it found.</param>
/// <param name="Files">The files it writes.</param>
/// <param name="Cancelled">Tells it to stop.</param>
internal sealed record ToolContext(ToolConsole Console, OutputFiles Files, CancellationToken Cancelled);
