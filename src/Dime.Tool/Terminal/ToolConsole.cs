using System.Text.Json;
using Spectre.Console;
using Spectre.Console.Rendering;

namespace Dime.Tool.Terminal;

/// <summary>
/// Where a command says what it found: results on standard output, as text or as one JSON document; progress and remarks
/// on standard error.
/// </summary>
internal sealed class ToolConsole
{
    // Where nobody watches, lines are not broken: other programs read them.
    private const int WidthOfFiles = 400;

    private readonly TextWriter _output;
    private readonly IAnsiConsole _tables;

    public ToolConsole(TextWriter output, TextWriter error, bool isJson, bool isQuiet)
    {
        _output = output;
        IsJson = isJson;
        IsQuiet = isQuiet;
        _tables = CreateConsole(output, Console.IsOutputRedirected);
        Error = CreateConsole(error, Console.IsErrorRedirected);
    }

    /// <summary>Standard error, where progress is shown.</summary>
    public IAnsiConsole Error { get; }

    /// <summary>Whether results are documents for machines.</summary>
    public bool IsJson { get; }

    /// <summary>Whether nothing is said in passing.</summary>
    public bool IsQuiet { get; }

    /// <summary>Whether someone watches the progress.</summary>
    public bool ShowsProgress => !IsQuiet && !Console.IsErrorRedirected;

    /// <summary>Says something in passing.</summary>
    public void Remark(string text)
    {
        if (!IsQuiet)
        {
            Error.WriteLine(text);
        }
    }

    /// <summary>Gives the result: as a document for machines, or as text and tables for people.</summary>
    public void Result<T>(T document, params IRenderable[] text)
    {
        if (IsJson)
        {
            _output.WriteLine(JsonSerializer.Serialize(document, JsonFormat.Indented));
        }

        Say(text);
    }

    /// <summary>Says something to people, on standard output; to machines nothing.</summary>
    public void Say(params IRenderable[] text)
    {
        if (IsJson)
        {
            return;
        }

        foreach (IRenderable part in text)
        {
            _tables.Write(part);
            if (part is Text)
            {
                _tables.WriteLine();
            }
        }
    }

    private static IAnsiConsole CreateConsole(TextWriter writer, bool isRedirected)
    {
        IAnsiConsole console = AnsiConsole.Create(new AnsiConsoleSettings
        {
            Out = new AnsiConsoleOutput(writer),
            Ansi = isRedirected ? AnsiSupport.No : AnsiSupport.Detect,
            ColorSystem = isRedirected ? ColorSystemSupport.NoColors : ColorSystemSupport.Detect,
            Interactive = isRedirected ? InteractionSupport.No : InteractionSupport.Detect,
        });
        if (isRedirected)
        {
            console.Profile.Width = WidthOfFiles;
        }

        return console;
    }
}
