using System.Text;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.Emit;

namespace Dime.Documentation.Tests;

/// <summary>Compiles programs as they would be in a new console project that has the packages that readers are told to install.</summary>
internal static class SnippetCompiler
{
    // ImplicitUsings of a console project.
    private const string ImplicitUsings =
        """
        global using System;
        global using System.Collections.Generic;
        global using System.IO;
        global using System.Linq;
        global using System.Net.Http;
        global using System.Threading;
        global using System.Threading.Tasks;
        """;

    private static readonly CSharpCompilationOptions _options = new CSharpCompilationOptions(OutputKind.ConsoleApplication)
        .WithNullableContextOptions(NullableContextOptions.Enable)
        // Of versions of assemblies; projects leave these warnings out too.
        .WithSpecificDiagnosticOptions([new("CS1701", ReportDiagnostic.Suppress), new("CS1702", ReportDiagnostic.Suppress)]);

    private static readonly List<PortableExecutableReference> _references =
    [
        .. ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!).Split(Path.PathSeparator).Select(path => MetadataReference.CreateFromFile(path)),
    ];

    /// <param name="program">The program.</param>
    /// <param name="assemblyFile">Where to put it.</param>
    /// <exception cref="SnippetException">There are errors, or warnings: a reader would see them.</exception>
    public static void Compile(SnippetProgram program, string assemblyFile)
    {
        SyntaxTree source = CSharpSyntaxTree.ParseText(program.Source(), path: program.Document, encoding: Encoding.UTF8);
        var compilation = CSharpCompilation.Create(
            Path.GetFileNameWithoutExtension(assemblyFile), [source, CSharpSyntaxTree.ParseText(ImplicitUsings)], _references, _options);
        EmitResult result;
        using (FileStream assembly = File.Create(assemblyFile))
        {
            // Debug information gives exceptions their line in the document.
            result = compilation.Emit(assembly, options: new EmitOptions(debugInformationFormat: DebugInformationFormat.Embedded));
        }

        IEnumerable<Diagnostic> seen = result.Diagnostics.Where(diagnostic => diagnostic.Severity >= DiagnosticSeverity.Warning);
        if (seen.Any())
        {
            throw new SnippetException(string.Join('\n', seen.Select(Describe)));
        }
    }

    private static string Describe(Diagnostic diagnostic)
    {
        FileLinePositionSpan place = diagnostic.Location.GetMappedLineSpan();
        return $"{place.Path}({place.StartLinePosition.Line + 1}): {diagnostic.Id}: {diagnostic.GetMessage()}";
    }
}
