using Dime.Tool.Inputs;
using Dime.Tool.Models;
using Dime.Tool.Report.Figures;
using Dime.Tool.Terminal;
using Microsoft.ML;

namespace Dime.Tool.Jobs;

/// <summary>Scores sets of which it is known whether they are in distribution.</summary>
internal static class EvaluationJob
{
    /// <param name="context">What the command works with.</param>
    /// <param name="modelFile">The zip of a calibrated model.</param>
    /// <param name="sets">The sets.</param>
    /// <param name="embeddings">How files of embeddings are read.</param>
    /// <param name="use">What is done with the model and the scored sets, in the same order.</param>
    /// <exception cref="InputException">The model or a set cannot be used.</exception>
    public static void Run(ToolContext context, string modelFile, IReadOnlyList<NamedSet> sets, EmbeddingOptions embeddings, Action<SavedModel, IReadOnlyList<ScoredSet>> use)
    {
        using SavedModel model = SavedModel.Load(new MLContext(), modelFile);
        RowScores.Require(model, calibrated: true);
        use(model, [.. sets.Select(set => SetScorer.Score(context, model, set, embeddings))]);
    }

    /// <summary>The figures of scored sets, each compared with the one in distribution where there is one.</summary>
    public static IReadOnlyList<SetResult> Figures(IReadOnlyList<ScoredSet> sets)
    {
        ScoredSet? inDistribution = sets.FirstOrDefault(set => set.Role == SetRole.InDistribution);
        return [.. sets.Select(set => SetResult.Of(set, set == inDistribution ? null : inDistribution))];
    }
}
