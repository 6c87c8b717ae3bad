namespace Dime.MLNet.Benchmarks.Work;

/// <summary>What peers/dime_pytorch.py prints.</summary>
/// <param name="Torch">The version of PyTorch.</param>
/// <param name="Numpy">The version of NumPy.</param>
/// <param name="Seconds">The median of each case.</param>
internal sealed record PytorchMedians(string Torch, string Numpy, Dictionary<string, double> Seconds);
