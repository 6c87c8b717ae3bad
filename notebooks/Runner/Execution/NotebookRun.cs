using System.Reflection;
using System.Text;
using Dime.Notebooks.Display;
using Dime.Notebooks.Documents;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Scripting;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Scripting;
using Microsoft.CodeAnalysis.Scripting.Hosting;

namespace Dime.Notebooks.Execution;

/// <summary>One run of a notebook: its cells in order, each seeing what those before it declared.</summary>
internal sealed class NotebookRun : IDisposable
{
    // What notebooks usually have without asking for it.
    private static readonly string[] _imports =
        ["System", "System.Collections.Generic", "System.IO", "System.Linq", "System.Text", "System.Threading.Tasks", "Dime.Notebooks.Display"];

    private static readonly CSharpParseOptions _script = new(kind: SourceCodeKind.Script);

    private readonly Notebook _notebook;
    private readonly PackageReferences _packages = new();
    private readonly List<MetadataReference> _references =
        [.. PackageReferences.Framework, MetadataReference.CreateFromFile(typeof(NotebookGlobals).Assembly.Location)];
    private readonly CellOutputs _outputs = new();
    private readonly InteractiveAssemblyLoader _loader = new();
    private readonly NotebookProcess _process;
    private ScriptState<object>? _state;

    public NotebookRun(Notebook notebook)
    {
        _notebook = notebook;
        _process = new NotebookProcess(notebook.Folder, _outputs);
    }

    /// <summary>Runs a cell; to be called for each cell in order.</summary>
    /// <exception cref="NotebookException">The cell does not compile, or throws.</exception>
    public async Task<IReadOnlyList<CellOutput>> RunAsync(CodeCell cell)
    {
        Script<object> script = Compile(cell, ResolvePackages(cell));
        _state = _state is null
            ? await script.RunAsync(new NotebookGlobals(_outputs), _ => true)
            : await script.RunFromAsync(_state, _ => true);
        if (_state.Exception is { } exception)
        {
            throw CellFailure.Thrown(_notebook, cell, exception);
        }

        if (_state.ReturnValue is { } result)
        {
            _outputs.Add(new ValueOutput(Formatter.Format(result), IsResult: true));
        }

        return _outputs.Take();
    }

    /// <summary>Disposes of what the notebook's variables hold, the last one first, and of its temporary files.</summary>
    public void Dispose()
    {
        try
        {
            IEnumerable<IDisposable> held = (_state?.Variables ?? []).Select(variable => variable.Value).OfType<IDisposable>();
            held.Distinct(ReferenceEqualityComparer.Instance).Cast<IDisposable>().Reverse().ToList().ForEach(value => value.Dispose());
        }
        finally
        {
            _loader.Dispose();
            _process.Dispose();
        }
    }

    /// <summary>Makes the packages that a cell asks for available to it and those after it.</summary>
    /// <returns>The source without the directives, whose own resolution allows one assembly for each.</returns>
    private string ResolvePackages(CodeCell cell)
    {
        string source = cell.Source;
        var root = (CompilationUnitSyntax)CSharpSyntaxTree.ParseText(source, _script).GetRoot();
        foreach (ReferenceDirectiveTriviaSyntax directive in root.GetReferenceDirectives().Reverse())
        {
            string reference = directive.File.ValueText;
            if (_packages.Problem(reference) is { } problem)
            {
                throw CellFailure.At(_notebook, cell, directive.GetLocation().GetLineSpan().StartLinePosition.Line + 1, problem);
            }

            foreach (Assembly assembly in _packages.Assemblies(reference))
            {
                _references.Add(MetadataReference.CreateFromFile(assembly.Location));

                // Otherwise scripts load copies of their own, whose types are not the runner's.
                _loader.RegisterDependency(assembly);
            }

            source = source.Insert(directive.SpanStart, "//");
        }

        return source;
    }

    private Script<object> Compile(CodeCell cell, string source)
    {
        // Debug information and a path for each cell give runtime errors their line.
        ScriptOptions options = ScriptOptions.Default
            .WithReferences(_references)
            .WithSourceResolver(new SourceFileResolver([], _notebook.Folder))
            .WithImports(_imports)
            .WithEmitDebugInformation(true)
            .WithFilePath(CellFailure.PathOf(cell))
            .WithFileEncoding(Encoding.UTF8);
        Script<object> script = _state is null
            ? CSharpScript.Create<object>(source, options, typeof(NotebookGlobals), _loader)
            : _state.Script.ContinueWith<object>(source, options);
        Diagnostic? error = script.Compile().FirstOrDefault(diagnostic => diagnostic.Severity == DiagnosticSeverity.Error);
        return error is null ? script : throw CellFailure.Refused(_notebook, cell, error);
    }
}
