using System.CommandLine;
using Dime.Tool.Jobs;
using Dime.Tool.Outputs;
using Dime.Tool.Terminal;

namespace Dime.Tool.Commands;

/// <summary>Does a command's work, and turns what goes wrong into one sentence and an exit code.</summary>
internal static class CommandAction
{
    public static void Set(Command command, OutputFiles files, Func<ParseResult, ToolContext, int> work) => command.SetAction((parsed, cancelled) =>
    {
        var console = new ToolConsole(Console.Out, Console.Error, parsed.GetValue(GeneralOptions.Json), parsed.GetValue(GeneralOptions.Quiet));
        return Task.Run(() => Run(() => work(parsed, new ToolContext(console, files, cancelled)), parsed.GetValue(GeneralOptions.Verbose), cancelled));
    });

    private static int Run(Func<int> work, bool isVerbose, CancellationToken cancelled)
    {
        try
        {
            return work();
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            Failure failure = Failure.Of(e, cancelled);
            Console.Error.WriteLine(failure.Sentence);
            if (isVerbose)
            {
                Console.Error.WriteLine(e);
            }

            return failure.Code;
        }
    }
}
