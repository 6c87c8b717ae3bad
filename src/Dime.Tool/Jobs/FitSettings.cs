using Dime.MLNet;
using Dime.Tool.Inputs;
using Dime.Tool.Models;

namespace Dime.Tool.Jobs;

/// <summary>What <c>dime fit</c> does.</summary>
/// <param name="Input">The folder of images, or the file of embeddings.</param>
/// <param name="Images">How images become the network's input; null where the input is embeddings.</param>
/// <param name="Embeddings">How a file of embeddings is read.</param>
/// <param name="Detector">How the detector is fitted, and what it appends.</param>
/// <param name="CalibrationInput">Other rows to calibrate on; null to calibrate as <paramref name="Detector"/> says.</param>
/// <param name="Seed">Chooses the held-out rows.</param>
/// <param name="Output">The zip.</param>
internal sealed record FitSettings(
    string Input,
    ImageSettings? Images,
    EmbeddingOptions Embeddings,
    DimeOptions Detector,
    string? CalibrationInput,
    int Seed,
    string Output);
