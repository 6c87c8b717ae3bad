using System.Text;

namespace PackageContents;

/// <summary>The licences of all that comes with a package.</summary>
internal static class Notices
{
    /// <param name="path">The file to write.</param>
    /// <param name="name">The package that the file goes into.</param>
    /// <param name="licences">Of what comes with it.</param>
    /// <param name="withTexts">Whether the package has the dependencies in it, so that their terms ask for their texts too; else it names them and NuGet brings them.</param>
    public static void Write(string path, string name, IReadOnlyList<DependencyLicence> licences, bool withTexts)
    {
        var text = new StringBuilder();
        text.Append($"{name} is under the MIT licence. With it come the packages below, each under terms of its own.\n\n");
        foreach (DependencyLicence licence in licences)
        {
            text.Append($"{licence.Name} {licence.Version}: {licence.Terms} ({licence.Copyright})\n");
        }

        if (withTexts)
        {
            AppendStandardTexts(text, licences);
            AppendFiles(text, licences);
        }

        File.WriteAllText(path, text.ToString());
    }

    private static void AppendStandardTexts(StringBuilder text, IReadOnlyList<DependencyLicence> licences)
    {
        foreach (DependencyLicence unknown in licences.Where(licence => licence.Identifiers.Count > 0 && !licence.Identifiers.Any(IsKnown)))
        {
            throw new InvalidDataException($"{unknown.Name} {unknown.Version} is under {unknown.Terms}: put the text of that licence into eng/PackageContents/Licences.");
        }

        foreach (string identifier in licences.SelectMany(licence => licence.Identifiers).Where(IsKnown).Distinct().Order(StringComparer.Ordinal))
        {
            using var reader = new StreamReader(typeof(Notices).Assembly.GetManifestResourceStream(identifier)!);
            Append(text, identifier, reader.ReadToEnd());
        }
    }

    // Many packages carry the same text; it stands once, with all that carry it.
    private static void AppendFiles(StringBuilder text, IReadOnlyList<DependencyLicence> licences)
    {
        IEnumerable<IGrouping<string, string>> files =
            from licence in licences
            from file in licence.Files
            group $"{Path.GetFileName(file)} of {licence.Name} {licence.Version}" by File.ReadAllText(file).ReplaceLineEndings("\n");
        foreach (IGrouping<string, string> file in files)
        {
            Append(text, string.Join("\n", file), file.Key);
        }
    }

    private static void Append(StringBuilder text, string title, string body) => text.Append($"\n{new string('=', 80)}\n{title}\n{new string('=', 80)}\n\n{body.TrimEnd()}\n");

    private static bool IsKnown(string identifier) => typeof(Notices).Assembly.GetManifestResourceInfo(identifier) is not null;
}
