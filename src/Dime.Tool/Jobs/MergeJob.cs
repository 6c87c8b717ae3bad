using Dime.MLNet;
using Dime.Tool.Fitting;
using Dime.Tool.Outputs;

namespace Dime.Tool.Jobs;

/// <summary>Merges sums of parts, and fits to them: the second half of a fit.</summary>
internal static class MergeJob
{
    /// <summary>Writes the zip of a pipeline.</summary>
    /// <exception cref="InputException">A part or the network cannot be used.</exception>
    public static FitResult ToModel(ToolContext context, MergeSettings settings)
    {
        var files = new PartFiles(settings.Parts);
        using OutputFile output = context.Files.Create(settings.Output, [.. settings.Parts, settings.Network]);
        SumsFit? fit = null;
        DetectorSums sums = files.Merge(
            context.Console, (first, file) => fit = SumsFit.Of(first, file, settings.Network, settings.Detector, settings.OptionOfDime), context.Cancelled);
        context.Cancelled.ThrowIfCancellationRequested();
        FittedSums fitted = fit!.Write(context.Console, sums, output.Stream);
        output.Complete();
        return FitResult.Of(settings.Output, sums.RowCount, fit.Pipeline, fitted.Tensors, fitted.Detector) with { Warnings = fitted.Warnings, Parts = sums.Sources };
    }

    /// <summary>Writes the sums of all parts, to be merged with others.</summary>
    /// <exception cref="InputException">A part cannot be used.</exception>
    public static SumsResult ToSums(ToolContext context, MergeSettings settings)
    {
        var files = new PartFiles(settings.Parts);
        using OutputFile output = context.Files.Create(settings.Output, settings.Parts);
        DetectorSums sums = files.Merge(context.Console, check: null, context.Cancelled);
        sums.Save(output.Stream);
        output.Complete();
        return SumsResult.Of(settings.Output, sums);
    }
}
