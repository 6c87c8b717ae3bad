using PackageContents;

// What a package tells of what it is made of: the bill of materials as CycloneDX wrote it, without what differs from build to build, and
// the licences of all in it.
if (args.Length != 4 || args[3] is not ("table" or "texts"))
{
    Console.Error.WriteLine("Usage: PackageContents <bill of materials> <folder of NuGet's packages> <output folder> <table|texts>");
    return 2;
}

try
{
    var bill = BillOfMaterials.Read(args[0]);
    DependencyLicence[] licences = [.. bill.Dependencies.Select(package => DependencyLicence.Read(args[1], package))];
    Directory.CreateDirectory(args[2]);
    bill.Write(Path.Combine(args[2], "bom.json"));
    Notices.Write(Path.Combine(args[2], "THIRD-PARTY-NOTICES.txt"), bill.Name, licences, withTexts: args[3] == "texts");
    return 0;
}
catch (InvalidDataException error)
{
    Console.Error.WriteLine($"PackageContents : error DIME0001: {error.Message}");
    return 1;
}
