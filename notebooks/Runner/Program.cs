// Runs the project's notebooks with the SDK alone; see RunnerCommand.Usage.
using Dime.Notebooks;

return await new RunnerCommand(Console.Out, Console.Error).RunAsync(args);
