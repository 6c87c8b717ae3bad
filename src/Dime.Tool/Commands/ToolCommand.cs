using System.CommandLine;
using Dime.Tool.Jobs;
using Dime.Tool.Outputs;
using Dime.Tool.Terminal;

namespace Dime.Tool.Commands;

/// <summary>A subcommand of <c>dime</c>: it declares its options, and does its work with what they were given.</summary>
internal abstract class ToolCommand(string name, string description) : Command(name, description)
{
    /// <summary>How long the work may take to stop after a signal. Rows stop a command sooner; this is for work between rows. Containers are killed after ten seconds.</summary>
    public virtual TimeSpan Patience => TimeSpan.FromSeconds(3);

    /// <summary>Does the work.</summary>
    /// <returns>The exit code.</returns>
    public abstract int Run(ParseResult parsed, ToolContext context);

    /// <summary>Does the work, and turns what goes wrong into one sentence and an exit code.</summary>
    public int RunOrFail(ParseResult parsed, ToolContext context, bool isVerbose)
    {
        try
        {
            return Run(parsed, context);
        }
        catch (Exception e)
        {
            OutputFile? file = context.Files.GivenUp;
            Failure failure = context.Cancelled.IsCancellationRequested ? Failure.OfInterruption(file?.Name) : Failure.Of(e);
            Console.Error.WriteLine(Printable.Of(file?.Named(failure.Sentence) ?? failure.Sentence));
            if (isVerbose)
            {
                Console.Error.WriteLine(e);
            }

            return failure.Code;
        }
    }

    protected void Add(params Option[] options)
    {
        foreach (Option option in options)
        {
            Options.Add(option);
        }
    }
}
