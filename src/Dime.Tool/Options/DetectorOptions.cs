using System.CommandLine;
using System.CommandLine.Parsing;
using Dime.Tool.Fitting;

namespace Dime.Tool.Options;

/// <summary>The options that say how a detector is fitted to sums, and what it appends: those that do not matter to the sums.</summary>
internal sealed class DetectorOptions
{
    private readonly Option<int?> _rank = new("--rank")
    {
        Description = "The dimension of DIME's hyperplane; chosen by --explained-variance if left out.",
        HelpName = "k",
        CustomParser = OptionParsers.WholeNumber(least: 1),
    };

    private readonly Option<double?> _variance = new("--explained-variance")
    {
        Description = "The share of the variance that DIME's hyperplane shall explain; 99% if left out.",
        HelpName = "share",
        CustomParser = OptionParsers.ShareAboveZero,
    };

    private readonly Option<double?> _outlierProbability = new("--outlier-probability")
    {
        Description = "The probability from which on a row is flagged; 95%, which flags about 5 % of in-distribution rows, if left out.",
        HelpName = "share",
        CustomParser = OptionParsers.ShareAboveZero,
    };

    private readonly Option<bool> _within = new("--within") { Description = "Give the distance within DIME's hyperplane too." };

    public void AddTo(Command command)
    {
        foreach (Option option in (Option[])[_rank, _variance, _outlierProbability, _within])
        {
            command.Add(option);
        }

        command.Validators.Add(result =>
        {
            if (result.GetValue(_rank) is not null && result.GetValue(_variance) is not null)
            {
                result.AddError("--rank and --explained-variance exclude each other: give one of them.");
            }
        });
    }

    /// <summary>The first given option that is for DIME alone; null for none.</summary>
    public string? FirstOfDime(CommandResult result) => result.FirstGiven(_rank, _variance, _within);

    /// <summary>The first of these options that is given; null for none.</summary>
    public string? FirstGiven(CommandResult result) => result.FirstGiven(_rank, _variance, _outlierProbability, _within);

    public DetectorSettings Settings(CommandResult result)
    {
        var left = new DetectorSettings();
        return new DetectorSettings(
            result.GetValue(_rank),
            result.GetValue(_variance) ?? left.ExplainedVariance,
            result.GetValue(_within),
            result.GetValue(_outlierProbability) ?? left.OutlierProbability);
    }
}
