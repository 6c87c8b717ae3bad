using System.Text.Json;
using System.Xml.Linq;

namespace Dime.MLNet.Tests.Packaging;

/// <summary>Packages tell what they are made of: compared with what NuGet restored, and with what .NET loads.</summary>
[TestClass]
public sealed class PackageContentsTests
{
    private static PackedPackages? _packages;

    private static PackedPackages Packages => _packages!;

    [ClassInitialize]
    public static void Pack(TestContext _) => _packages = new PackedPackages();

    [ClassCleanup]
    public static void Delete() => _packages?.Dispose();

    [TestMethod]
    public void There_are_packages() => Assert.IsTrue(Packages.All.Any(package => package.Name.StartsWith("Dime.MLNet.0", StringComparison.Ordinal)));

    [TestMethod]
    public void Bill_of_materials_has_exactly_what_was_restored()
    {
        foreach (PackedPackage package in Packages.All)
        {
            IEnumerable<string> listed = from component in package.Bill().GetProperty("components").EnumerateArray()
                                         where component.TryGetProperty("hashes", out _)
                                         select $"{component.GetProperty("name").GetString()}/{component.GetProperty("version").GetString()}";
            Assert.AreEqual(Sorted(package.Restored), Sorted(listed), package.Name);
        }
    }

    [TestMethod]
    public void Bill_of_materials_has_hash_of_each_package()
    {
        foreach (PackedPackage package in Packages.All)
        {
            string folder = PackedPackage.PackagesFolder(package.Assets());
            foreach (JsonElement component in package.Bill().GetProperty("components").EnumerateArray().Where(component => component.TryGetProperty("hashes", out _)))
            {
                string name = component.GetProperty("name").GetString()!.ToLowerInvariant();
                string version = component.GetProperty("version").GetString()!.ToLowerInvariant();
                string expected = File.ReadAllText(Path.Combine(folder, name, version, $"{name}.{version}.nupkg.sha512"));
                JsonElement hash = component.GetProperty("hashes").EnumerateArray().Single();
                Assert.AreEqual("SHA-512", hash.GetProperty("alg").GetString());
                Assert.AreEqual(Convert.ToHexString(Convert.FromBase64String(expected)), hash.GetProperty("content").GetString(), $"{name} in {package.Name}");
            }
        }
    }

    [TestMethod]
    public void Bill_of_materials_is_of_the_package_and_not_of_a_build()
    {
        foreach (PackedPackage package in Packages.All)
        {
            JsonElement bill = package.Bill();
            JsonElement component = bill.GetProperty("metadata").GetProperty("component");
            Assert.StartsWith(component.GetProperty("name").GetString() + ".", package.Name);
            Assert.EndsWith($".{component.GetProperty("version").GetString()}.nupkg", package.Name);
            Assert.IsFalse(bill.TryGetProperty("serialNumber", out _), package.Name);
            Assert.IsFalse(bill.GetProperty("metadata").TryGetProperty("timestamp", out _), package.Name);
        }
    }

    [TestMethod]
    public void Notices_name_the_licence_of_all_that_users_get()
    {
        foreach (PackedPackage package in Packages.All)
        {
            string[] notices = package.Read("THIRD-PARTY-NOTICES.txt").Split('\n');
            string folder = PackedPackage.PackagesFolder(package.Assets());
            IReadOnlySet<string> restored = package.RestoredForUsers;
            Assert.AreNotEqual(0, restored.Count, package.Name);
            foreach (string[] parts in restored.Select(library => library.Split('/')))
            {
                string start = $"{parts[0]} {parts[1]}: ";
                string line = notices.SingleOrDefault(notice => notice.StartsWith(start, StringComparison.Ordinal)) ?? throw new AssertFailedException($"{start} is not in {package.Name}.");
                Assert.Contains(Licence(folder, parts[0], parts[1]), line, package.Name);
            }
        }
    }

    [TestMethod]
    public void Notices_and_bill_have_all_that_tools_load()
    {
        foreach (PackedPackage tool in Packages.Tools)
        {
            string notices = tool.Read("THIRD-PARTY-NOTICES.txt");
            foreach (string library in tool.DependencyFiles.SelectMany(tool.MadeOf))
            {
                Assert.Contains($"\n{library.Replace('/', ' ')}: ", notices, tool.Name);
            }
        }
    }

    [TestMethod]
    public void Notices_of_tools_have_the_texts_of_the_licences()
    {
        foreach (PackedPackage tool in Packages.Tools)
        {
            string notices = tool.Read("THIRD-PARTY-NOTICES.txt");
            string folder = PackedPackage.PackagesFolder(tool.Assets());
            Assert.Contains("Permission is hereby granted, free of charge", notices, tool.Name);
            Assert.Contains("TERMS AND CONDITIONS FOR USE, REPRODUCTION, AND DISTRIBUTION", notices, tool.Name);
            string native = tool.Restored.Single(library => library.StartsWith("Microsoft.ML.OnnxRuntime/", StringComparison.Ordinal));
            string ofNative = File.ReadAllText(Path.Combine(folder, native.ToLowerInvariant(), "ThirdPartyNotices.txt")).ReplaceLineEndings("\n").TrimEnd();
            Assert.Contains(ofNative, notices, tool.Name);
        }
    }

    private static string Licence(string folder, string name, string version)
    {
        name = name.ToLowerInvariant();
        XElement metadata = XDocument.Load(Path.Combine(folder, name, version.ToLowerInvariant(), $"{name}.nuspec")).Root!.Elements().Single();
        XNamespace space = metadata.Name.Namespace;
        return (metadata.Element(space + "license") ?? metadata.Element(space + "licenseUrl"))!.Value;
    }

    private static string Sorted(IEnumerable<string> names) => string.Join(", ", names.Order(StringComparer.Ordinal));
}
