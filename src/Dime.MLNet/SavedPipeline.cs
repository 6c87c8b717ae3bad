using System.Globalization;
using System.IO.Compression;
using System.Text;
using System.Text.RegularExpressions;
using Dime.MLNet.Internals;

namespace Dime.MLNet;

/// <summary>What is in the zip of a saved pipeline, read without loading any of it.</summary>
/// <remarks>
/// <c>mlContext.Model.Load</c> loads the assemblies that a zip names, of those that the application can find, and runs their loaders. An application that takes
/// zips from others reads them by this class first, and loads only what it knows by <see cref="RequireAssemblies"/>.
/// An instance never changes, and is safe for use by several threads at once.
/// </remarks>
public sealed partial class SavedPipeline
{
    private const string StepEntry = "Model.key";
    private const string VersionEntry = "TrainingInfo/Version.txt";
    private const int MostVersionBytes = 1000;

    // Deflate makes a byte of no more than that; beyond it entries share their bytes, and a small file would take hours.
    private const int MostBytesOfByte = 1032;

    private SavedPipeline(string mlNetVersion, IReadOnlyList<SavedStep> steps)
    {
        MLNetVersion = mlNetVersion;
        Steps = steps;
    }

    /// <summary>The assemblies of ML.NET and of this library whose loaders pipelines with a detector commonly need.</summary>
    public static IReadOnlyList<string> KnownAssemblies { get; } =
    [
        "Dime.MLNet", "Microsoft.ML.Core", "Microsoft.ML.Data", "Microsoft.ML.ImageAnalytics", "Microsoft.ML.KMeansClustering", "Microsoft.ML.OnnxTransformer",
        "Microsoft.ML.PCA", "Microsoft.ML.StandardTrainers", "Microsoft.ML.Transforms",
    ];

    /// <summary>The version of ML.NET that saved it, as the zip has it; empty where it does not say.</summary>
    public string MLNetVersion { get; }

    /// <summary>All that would be loaded, in the order of the zip: transformers, and what stands within them.</summary>
    public IReadOnlyList<SavedStep> Steps { get; }

    /// <summary>The simple names of all assemblies that would be loaded, each once, in ordinal order.</summary>
    public IReadOnlyList<string> Assemblies => [.. Steps.SelectMany(step => step.Assemblies).Distinct(StringComparer.OrdinalIgnoreCase).Order(StringComparer.Ordinal)];

    /// <summary>Reads the zip of a pipeline.</summary>
    /// <param name="path">The path of the file.</param>
    /// <exception cref="ArgumentException"><paramref name="path"/> is null or empty.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    /// <exception cref="InvalidDataException">The file is not a zip of ML.NET, or is damaged; the message names it, and the entry.</exception>
    public static SavedPipeline Read(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        using FileStream stream = File.OpenRead(path);
        try
        {
            return Read(stream);
        }
        catch (InvalidDataException e)
        {
            throw new InvalidDataException($"The file '{path}' cannot be read as a pipeline of ML.NET. {e.Message}", e);
        }
    }

    /// <summary>Reads the zip of a pipeline.</summary>
    /// <param name="stream">A stream that can seek; it is left open.</param>
    /// <exception cref="ArgumentNullException"><paramref name="stream"/> is null.</exception>
    /// <exception cref="InvalidDataException">The content is not a zip of ML.NET, or is damaged; the message names the entry.</exception>
    public static SavedPipeline Read(Stream stream)
    {
        ArgumentNullException.ThrowIfNull(stream);
        using var zip = new ZipArchive(stream, ZipArchiveMode.Read, leaveOpen: true);
        if (zip.Entries.Sum(entry => (decimal)entry.Length) > (decimal)stream.Length * MostBytesOfByte)
        {
            throw new InvalidDataException("It claims to hold more than a zip of its size can: its entries lie over each other, or their lengths are wrong.");
        }

        SavedStep[] steps = [.. zip.Entries.Where(IsStep).Select(StepOf)];
        return steps.Length > 0
            ? new SavedPipeline(VersionOf(zip), steps)
            : throw new InvalidDataException($"It is a zip without any '{StepEntry}' in it, which each step of a pipeline has.");
    }

    /// <summary>Makes sure that nothing else would be loaded.</summary>
    /// <param name="names">The simple names of assemblies that may be loaded, such as <see cref="KnownAssemblies"/>; case does not matter.</param>
    /// <exception cref="ArgumentNullException"><paramref name="names"/> is null.</exception>
    /// <exception cref="InvalidDataException">Another assembly would be loaded; the message names it, and the step that names it.</exception>
    public void RequireAssemblies(IEnumerable<string> names)
    {
        ArgumentNullException.ThrowIfNull(names);
        HashSet<string> allowed = new(names, StringComparer.OrdinalIgnoreCase);
        foreach (SavedStep step in Steps)
        {
            if (step.Assemblies.FirstOrDefault(name => !allowed.Contains(name)) is { } foreign)
            {
                throw new InvalidDataException(
                    $"To load the pipeline would load the assembly '{foreign}' for its step '{step.Entry}' ({step.Loader}), which is not among those that may be: add it by name if it is yours and you know where the zip comes from, and do not load the zip otherwise.");
            }
        }
    }

    // ML.NET takes backslashes for slashes, and Model.bin, as its older versions called it.
    private static bool IsStep(ZipArchiveEntry entry) => NameOf(entry) is StepEntry or "Model.bin";

    private static string NameOf(ZipArchiveEntry entry) => entry.FullName[(entry.FullName.AsSpan().LastIndexOfAny('/', '\\') + 1)..];

    private static SavedStep StepOf(ZipArchiveEntry entry)
    {
        try
        {
            using Stream stream = entry.Open();
            var header = SavedHeader.Read(stream, entry.Length);
            string name = entry.FullName[..^NameOf(entry).Length].TrimEnd('/', '\\');
            return new SavedStep(
                name,
                header.Loader,
                header.Format,
                string.Create(CultureInfo.InvariantCulture, $"{header.FormatVersion >> 16}.{header.FormatVersion & 0xFFFF}"),
                entry.Length,
                [.. header.Strings.Where(text => FullName().IsMatch(text)).Prepend(header.Assembly).Where(text => text.Length > 0).Select(SimpleName).Distinct(StringComparer.OrdinalIgnoreCase)]);
        }
        catch (InvalidDataException e)
        {
            throw new InvalidDataException($"Its entry '{entry.FullName}' is not a step of a pipeline: {e.Message.TrimEnd('.')}.", e);
        }
    }

    private static string VersionOf(ZipArchive zip)
    {
        if (zip.GetEntry(VersionEntry) is not { } entry)
        {
            return "";
        }

        using Stream stream = entry.Open();
        byte[] bytes = new byte[MostVersionBytes];
        return Encoding.UTF8.GetString(bytes, 0, stream.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false)).Trim();
    }

    private static string SimpleName(string fullName) => fullName.Split(',')[0].Trim();

    // Steps that call code of the user's, such as custom mappings, have its assembly among their strings.
    [GeneratedRegex("^[^,]+,\\s*(Version|Culture|PublicKeyToken)\\s*=", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex FullName();
}

/// <summary>A step of a saved pipeline, or what stands within one.</summary>
/// <param name="Entry">Its folder in the zip.</param>
/// <param name="Loader">The signature of its loader, by which ML.NET finds the type to make.</param>
/// <param name="Format">The signature of its format.</param>
/// <param name="FormatVersion">The version of the format, major and minor.</param>
/// <param name="Bytes">Its size when it is unpacked.</param>
/// <param name="Assemblies">The simple names of the assemblies that it would load: that of its loader first, then those that its strings name.</param>
public sealed record SavedStep(string Entry, string Loader, string Format, string FormatVersion, long Bytes, IReadOnlyList<string> Assemblies);
