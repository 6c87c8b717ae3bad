using System.Text.RegularExpressions;
using System.Xml.Linq;

namespace PackageContents;

/// <summary>What a restored package says of its licence.</summary>
/// <param name="Name">The package.</param>
/// <param name="Version">The version of it that was restored.</param>
/// <param name="Terms">SPDX's expression, or which of the package's own files tells, or the address of the text.</param>
/// <param name="Identifiers">The licences that an expression names.</param>
/// <param name="Copyright">Who holds the rights, or who wrote it where the package does not say.</param>
/// <param name="Files">The package's own texts: its licence, and notices of what it is made of itself.</param>
internal sealed partial record DependencyLicence(
    string Name, string Version, string Terms, IReadOnlyList<string> Identifiers, string Copyright, IReadOnlyList<string> Files)
{
    public static DependencyLicence Read(string packages, (string Name, string Version) package)
    {
        string folder = Path.Combine(packages, Lower(package.Name), Lower(package.Version));
        string specification = Path.Combine(folder, $"{Lower(package.Name)}.nuspec");
        if (!File.Exists(specification))
        {
            throw new InvalidDataException($"{package.Name} {package.Version} is not in {packages}: restore the project first.");
        }

        XElement metadata = XDocument.Load(specification).Root!.Elements().Single(element => element.Name.LocalName == "metadata");
        XElement? licence = Element(metadata, "license");
        bool isExpression = (string?)licence?.Attribute("type") == "expression";
        string terms = (isExpression ? licence?.Value : licence is null ? Element(metadata, "licenseUrl")?.Value : $"as in its file {licence.Value}")
            ?? throw new InvalidDataException($"{package.Name} {package.Version} has no licence: nobody may pass it on.");
        string copyright = Element(metadata, "copyright")?.Value ?? Element(metadata, "authors")?.Value ?? "";
        string[] files = [.. Directory.EnumerateFiles(folder).Where(file => IsText().IsMatch(Path.GetFileName(file))).Order(StringComparer.Ordinal)];
        return new(package.Name, package.Version, terms, isExpression ? [.. Identifier().Matches(terms).Select(match => match.Value)] : [], copyright.ReplaceLineEndings(" ").Trim(), files);
    }

    private static string Lower(string name) => name.ToLowerInvariant();

    private static XElement? Element(XElement metadata, string name) => metadata.Elements().FirstOrDefault(element => element.Name.LocalName == name);

    [GeneratedRegex(@"^(LICEN[CS]E|NOTICE|COPYING|THIRD-?PARTY-?NOTICES?)(\.(txt|md))?$", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex IsText();

    [GeneratedRegex(@"\b(?!(AND|OR|WITH)\b)[A-Za-z0-9][A-Za-z0-9.\-]*")]
    private static partial Regex Identifier();
}
