using Dime.MLNet.Evidence.Data;
using Dime.Tool.Models;

namespace Dime.MLNet.Evidence.Command;

/// <summary>What is compared, and on what.</summary>
/// <param name="Network">The network, and how images become its input.</param>
/// <param name="InDistribution">The folder of images in distribution.</param>
/// <param name="Calibration">A folder of others to calibrate on; null to take some of the first.</param>
/// <param name="Test">A folder of others to score and to make faults in; null to take some of the first.</param>
/// <param name="Sets">Folders of images that should be flagged.</param>
/// <param name="MostRows">How many images of a folder are taken; null for all.</param>
/// <param name="Repeats">How often rows are split anew where a figure is a mean over splits.</param>
/// <param name="Seed">Chooses the splits.</param>
/// <param name="WithText">Whether the example of text is added.</param>
/// <param name="Command">The command as the page gives it.</param>
/// <param name="Data">The data as the page names it.</param>
internal sealed record EvidenceSettings(
    ImageSettings Network,
    string InDistribution,
    string? Calibration,
    string? Test,
    IReadOnlyList<NamedFolder> Sets,
    int? MostRows,
    int Repeats,
    int Seed,
    bool WithText,
    string Command,
    string Data);

/// <summary>A folder of images that should be flagged.</summary>
internal sealed record NamedFolder(string Name, string Path, SetKind Kind);
