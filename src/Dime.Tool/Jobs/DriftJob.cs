using Dime.MLNet;
using Dime.Server.Models;
using Dime.Tool.Inputs;
using Dime.Tool.Terminal;
using Microsoft.ML;

namespace Dime.Tool.Jobs;

/// <summary>Tests whether rows together differ from those that a model was calibrated on.</summary>
internal static class DriftJob
{
    /// <exception cref="InputException">The model or the rows cannot be used.</exception>
    public static DriftReport Run(ToolContext context, DriftSettings settings)
    {
        using var model = SavedModel.Load(new MLContext(), settings.Model);
        return Run(context, model, settings);
    }

    /// <summary>The same with a model that is loaded.</summary>
    /// <exception cref="InputException">The model or the rows cannot be used.</exception>
    public static DriftReport Run(ToolContext context, SavedModel model, DriftSettings settings)
    {
        Require(model);
        using ScoredRows rows = new(model, settings.Input, settings.Embeddings, settings.SkipsUnreadable);
        using RowProgress progress = new(context.Console, $"Testing {rows.Name}", rows.RowCount, context.Cancelled);
        DriftResult result = rows.TestDrift(progress, new DriftOptions { Level = settings.Level });
        return DriftReport.Of(settings.Input, result, rows.Unreadable, rows.Columns);
    }

    /// <summary>Checks that a model can tell drift.</summary>
    /// <exception cref="InputException">It cannot.</exception>
    public static void Require(SavedModel model)
    {
        if (!model.Detector.IsCalibrated)
        {
            throw new InputException($"The detector of '{model.Path}' is not calibrated, and drift is measured against calibration rows; fit it with a calibration.");
        }

        if (model.Detector.CalibrationRowCount == 0)
        {
            throw new InputException($"'{model.Path}' does not tell on how many rows it was calibrated, as models of version 0.1.0 do not; fit it again.");
        }
    }
}

/// <summary>What <c>dime drift</c> does.</summary>
/// <param name="Model">The zip.</param>
/// <param name="Input">The folder of images, or the file of embeddings.</param>
/// <param name="Embeddings">How a file of embeddings is read.</param>
/// <param name="SkipsUnreadable">Whether images that cannot be read are left out.</param>
/// <param name="Level">The probability of an alarm on rows like the calibration rows, at most.</param>
internal sealed record DriftSettings(string Model, string Input, EmbeddingOptions Embeddings, bool SkipsUnreadable, double Level);
