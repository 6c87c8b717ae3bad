namespace Dime.MLNet.Modelling;

/// <summary>A fitted model as a stage of a pipeline sees it: rows in, and what is said of them out. Immutable.</summary>
internal interface IDetectorModel
{
    /// <summary>How many values the columns have that lie side by side in a row.</summary>
    IReadOnlyList<int> Dimensions { get; }

    /// <summary>The names of the scores that the distance is made of; none where it is one distance.</summary>
    IReadOnlyList<string> ScoreNames { get; }

    /// <summary>Multiply-adds for one row, roughly.</summary>
    long Work { get; }

    /// <summary>The number of calibration rows; 0 before calibration, and where that is not told.</summary>
    long CalibrationRowCount { get; }

    /// <summary>What distances usually are; null before calibration.</summary>
    EmpiricalDistribution? Distances { get; }

    /// <summary>The same of distances within the hyperplane; null where there are none.</summary>
    EmpiricalDistribution? WithinDistances { get; }

    /// <summary>Measures rows, the same bits alone and in any batch. Each destination may be empty.</summary>
    /// <param name="rows">Row-major rows of all columns.</param>
    /// <param name="distances">Receives a distance for each row; NaN where it takes calibration that is missing.</param>
    /// <param name="withinDistances">Receives a distance within the hyperplane for each row; for models that have one.</param>
    /// <param name="scoreProbabilities">Receives 1 − p of each score for each row; NaN before calibration.</param>
    void Measure(ReadOnlySpan<float> rows, Span<float> distances, Span<float> withinDistances, Span<float> scoreProbabilities);
}

/// <summary>One that learns how large distances usually are.</summary>
/// <typeparam name="TModel">Its own type.</typeparam>
internal interface IDetectorModel<TModel> : IDetectorModel
{
    ICalibrationSample<TModel> CreateCalibrationSample();
}

/// <summary>Collects what a model says of calibration rows, a block at a time; the rows themselves are not kept.</summary>
/// <typeparam name="TModel">The type of the model.</typeparam>
internal interface ICalibrationSample<TModel>
{
    long Count { get; }

    /// <summary>The number of rows that were left out because what was measured is not finite, as it is where a value is not.</summary>
    long SkippedCount { get; }

    /// <summary>The distances, sorted, once the model is calibrated.</summary>
    ReadOnlySpan<float> Distances { get; }

    void Add(ReadOnlySpan<float> rows);

    /// <summary>The model, calibrated on the rows.</summary>
    TModel Calibrate(int percentileCount);
}
