using System.CommandLine;
using System.CommandLine.Parsing;
using Dime.Tool.Fitting;
using Dime.Tool.Models;

namespace Dime.Tool.Options;

/// <summary>The options that say what is fitted, and where its classes come from.</summary>
internal sealed class MethodOptions
{
    private readonly Option<FitMethod?> _method = new("--method")
    {
        Description = "An ensemble of scores in one probability, or one DIME distance as in the paper. If left out: "
            + "of images the ensemble, or DIME with --layer; of embeddings DIME, or the ensemble with --label.",
        HelpName = "dime|ensemble",
        CustomParser = OptionParsers.Word(("dime", FitMethod.Dime), ("ensemble", FitMethod.Ensemble)),
    };

    private readonly Option<ClassSource?> _classes = new("--classes")
    {
        Description = "Where the ensemble gets the classes of training images: the network's largest logit, the folders that --images holds, or no classes. "
            + "Logits if left out, where the network has them.",
        HelpName = "logits|folders|none",
        CustomParser = OptionParsers.Word(("logits", ClassSource.Logits), ("folders", ClassSource.Folders), ("none", ClassSource.None)),
    };

    public void AddTo(Command command)
    {
        command.Add(_method);
        command.Add(_classes);
    }

    public ClassSource? Classes(CommandResult result) => result.GetValue(_classes);

    /// <summary>What is fitted, said outright or following from the other options.</summary>
    /// <param name="result">The command line.</param>
    /// <param name="hasImages">Whether the rows are images.</param>
    /// <param name="hasLayer">Whether a tensor is named.</param>
    /// <param name="hasLabel">Whether a column of classes is named.</param>
    public FitMethod Method(CommandResult result, bool hasImages, bool hasLayer, bool hasLabel) =>
        result.GetValue(_method) ?? ((hasImages ? !hasLayer : hasLabel) ? FitMethod.Ensemble : FitMethod.Dime);

    /// <summary>What contradicts itself; null where nothing does.</summary>
    /// <param name="result">The command line.</param>
    /// <param name="hasImages">Whether the rows are images.</param>
    /// <param name="hasLayer">Whether a tensor is named.</param>
    /// <param name="hasLabel">Whether a column of classes is named.</param>
    /// <param name="ofDime">The first given option that is for DIME alone; null for none.</param>
    public string? Contradiction(CommandResult result, bool hasImages, bool hasLayer, bool hasLabel, string? ofDime)
    {
        FitMethod method = Method(result, hasImages, hasLayer, hasLabel);
        bool hasClasses = result.GetValue(_classes) is not null;
        return (method, hasImages) switch
        {
            (_, false) when hasClasses =>
                "--classes goes with --images: name the column of classes of embeddings with --label.",
            (FitMethod.Ensemble, true) when hasLayer =>
                "--layer is the tensor of one DIME distance, and --method ensemble chooses tensors by itself: leave one of them out.",
            (FitMethod.Ensemble, false) when !hasLabel =>
                "--method ensemble of embeddings needs classes: name their column with --label, or leave --method out for one DIME distance.",
            (FitMethod.Dime, true) when hasClasses =>
                $"--classes goes with an ensemble, and one DIME distance has no classes: leave {(hasLayer ? "--layer" : "--method dime")} or --classes out.",
            (FitMethod.Dime, false) when hasLabel =>
                "--label goes with an ensemble, and one DIME distance has no classes: leave --method dime or --label out.",
            (FitMethod.Ensemble, _) when ofDime is not null =>
                $"{ofDime} goes with one DIME distance, and this fits an ensemble: "
                    + (hasImages ? "ask for DIME with --method dime, or with --layer." : "leave it out, or --label."),
            _ => null,
        };
    }
}
