namespace Dime.MLNet;

/// <summary>A part of the training data that is in sums.</summary>
/// <param name="Name">The name of the part, <see cref="AccumulationOptions.Source"/>.</param>
/// <param name="RowCount">The number of its rows, with those that were held out or left out.</param>
/// <param name="Identity">The identity (SHA-256, hexadecimal) of its sums when they were accumulated.</param>
public sealed record SumsSource(string Name, long RowCount, string Identity);
