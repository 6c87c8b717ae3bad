using System.Globalization;
using System.Text.Json.Serialization;
using Dime.MLNet;
using Dime.Tool.Fitting;
using Dime.Tool.Images;
using Dime.Tool.Inputs;

namespace Dime.Tool.Jobs;

/// <summary>What <c>dime accumulate</c> tells, and <c>dime merge</c> of sums.</summary>
/// <param name="Sums">The file of sums.</param>
/// <param name="Rows">The number of all rows that were read, used or not.</param>
/// <param name="HeldOut">The number of them that are held out to calibrate on.</param>
/// <param name="LeftOut">The number of them that were left out, because a value is not finite or the class is missing.</param>
/// <param name="Method">What the sums are for.</param>
/// <param name="Parts">The parts that are in the sums.</param>
/// <param name="Identity">A hash of the content: equal where the same part was accumulated twice.</param>
internal sealed record SumsResult(
    string Sums, long Rows, int HeldOut, long LeftOut, FitMethod Method, IReadOnlyList<SumsSource> Parts, string Identity)
{
    /// <summary>The images that were left out because they cannot be read.</summary>
    public IReadOnlyList<UnreadableImage> Unreadable { get; init; } = [];

    /// <summary>What else is to be said, such as that rows were left out.</summary>
    public IReadOnlyList<string> Warnings { get; init; } = [];

    /// <summary>What was taken from files of embeddings.</summary>
    public IReadOnlyList<TakenColumns> Columns { get; init; } = [];

    /// <summary>The same in one line.</summary>
    [JsonIgnore]
    public string Sentence => string.Create(
        CultureInfo.InvariantCulture,
        $"{Rows} rows of {(Parts is [var part] ? $"'{part.Name}'" : $"{Parts.Count} parts, '{Parts[0].Name}' to '{Parts[^1].Name}',")} summed for {(Method == FitMethod.Dime ? "one DIME distance" : "an ensemble")}, {HeldOut} of them held out. Saved to {Sums}.");

    public static SumsResult Of(string file, DetectorSums sums) => new(
        file,
        sums.RowCount,
        sums.HeldOutCount,
        sums.SkippedCount + sums.UnclassifiedCount,
        sums is DimeSums ? FitMethod.Dime : FitMethod.Ensemble,
        sums.Sources,
        sums.Identity);
}
