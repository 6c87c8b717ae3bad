using System.Collections.ObjectModel;
using Dime.MLNet.Mapping;
using Dime.MLNet.Modelling;
using Microsoft.ML.Data;

namespace Dime.MLNet.Detection.Training;

/// <summary>
/// What a file says of sums. A checksum tells what was altered, not what was never right, so nothing is believed before
/// <see cref="ToSums"/> has checked it.
/// </summary>
internal sealed record RestoredTrainingSums(
    string LibraryVersion,
    int Seed,
    (string Name, string Value)[] Properties,
    ScoringSettings Scoring,
    CalibrationRows Calibration,
    IRestoredFit Fit)
{
    public bool IsMerged { get; init; }

    public SumsSource[] Sources { get; init; } = [];

    /// <summary>The rows that calibrate, by their keys; none where there is no calibration.</summary>
    public RestoredSampledRow[] Sample { get; init; } = [];

    /// <param name="identity">The hash of the file.</param>
    /// <param name="invalid">The error for a reason, to throw.</param>
    /// <exception cref="InvalidDataException">They contradict themselves, or cannot be of any rows.</exception>
    public TrainingSums ToSums(string identity, Func<string, InvalidDataException> invalid)
    {
        void Require(bool condition, string otherwise) => RestoredModel.Require(condition, otherwise, invalid);

        RestoredModel.CheckOutlierProbability(Scoring.OutlierProbability, invalid);
        Require(Scoring.WhatIsWrong() is null, Scoring.WhatIsWrong() ?? "");
        Require(Calibration.IsPossible, $"its calibration is {Calibration}");
        Require(Properties.Zip(Properties.Skip(1), (a, b) => string.CompareOrdinal(a.Name, b.Name) < 0).All(ordered => ordered), "two of its properties have the same name");
        Require(Properties.All(property => !string.IsNullOrWhiteSpace(property.Name)), "a property has no name");
        (FitSettings fit, IRowSums rows, IReadOnlyList<EmbeddingColumn> columns) = Fit.ToFit(Scoring, invalid);
        ScoringSettings reading = fit.Reading(Scoring);
        Require(columns.Select(column => column.Name).SequenceEqual(reading.InputColumnNames), "its columns are not those of its sums");
        Require(new[] { fit.ExampleWeightColumnName, fit.ClassColumnName }.All(name => name is null || !string.IsNullOrWhiteSpace(name)), "a column has no name");

        var setup = new TrainingSetup(
            Scoring,
            fit,
            Calibration,
            [.. columns.Select(column => column.Dimension)],
            Seed,
            new ReadOnlyDictionary<string, string>(Properties.ToDictionary(property => property.Name, property => property.Value)));
        CheckSources(setup, rows, invalid);
        var sums = new TrainingSums(setup, rows, IsMerged ? null : Sources[0].Name)
        {
            LibraryVersion = LibraryVersion,
            Identity = identity,
            Sources = IsMerged ? Sources : [],
        };
        Fill(sums, invalid);
        return sums;
    }

    private void CheckSources(TrainingSetup setup, IRowSums rows, Func<string, InvalidDataException> invalid)
    {
        void Require(bool condition) => RestoredModel.Require(condition, "its parts are not possible", invalid);

        Require(Sources.Length > 0 && (IsMerged || Sources.Length == 1));
        Require(Sources.Select(source => source.Name).Distinct().Count() == Sources.Length);
        Require(Sources.Length == 1 || Array.TrueForAll(Sources, source => source.Name.Length > 0));
        Require(Array.TrueForAll(Sources, source => IsMerged ? IsIdentity(source.Identity) : source.Identity.Length == 0));

        decimal claimed = Sources.Sum(source => (decimal)source.RowCount);
        decimal counted = (decimal)rows.Count + rows.SkippedCount + rows.UnclassifiedCount + (setup.Calibration.IsHeldOut ? Sample.Length : 0);
        Require(Array.TrueForAll(Sources, source => PossibleSums.IsCount(source.RowCount)) && claimed == counted);
    }

    private void Fill(TrainingSums sums, Func<string, InvalidDataException> invalid)
    {
        void Require(bool condition) => RestoredModel.Require(condition, "its rows to calibrate on are not possible", invalid);

        Require(Sample.Length <= Calibration.MaxRows);
        RowKeys[] keys = [.. Sources.Select(source => new RowKeys(Seed, source.Name))];
        ulong limit = RowDraw.LimitOf(Calibration.Share);
        RowKey? before = null;
        FitSettings fit = sums.Setup.Fit;
        foreach (RestoredSampledRow row in Sample)
        {
            Require(row.Source < keys.Length && row.Values.Length == sums.Setup.Width);
            RowKey key = keys[row.Source].Of(new DataViewRowId(row.Low, row.High));
            Require(key.Hash <= limit && (before is null || before.Value.CompareTo(key) <= 0));
            Require(Calibration.IsHeldOut && fit.ExampleWeightColumnName is not null
                ? double.IsFinite(row.Weight) && row.Weight >= 0 && (float)row.Weight == row.Weight
                : row.Weight == RowFacts.Plain.Weight);
            Require(Calibration.IsHeldOut && fit.ClassColumnName is not null
                ? row.Class >= ClassColumn.Unknown && row.Class < sums.Rows.ClassNames.Count
                : row.Class == RowFacts.Plain.Class);
            sums.Sample!.Adopt(new SampledRow(key, row.Values, new RowFacts((float)row.Weight, row.Class)));
            before = key;
        }
    }

    private static bool IsIdentity(string text) => text.Length == 64 && text.All(char.IsAsciiHexDigitLower);
}

/// <summary>What a file says of a sampled row.</summary>
internal sealed record RestoredSampledRow(int Source, ulong Low, ulong High, double Weight, int Class, Memory<float> Values);

/// <summary>What a file says of the fit that sums are for.</summary>
internal interface IRestoredFit
{
    /// <summary>The values of a row.</summary>
    int Width { get; }

    /// <exception cref="InvalidDataException">There is no such fit, or it has no such sums.</exception>
    (FitSettings Fit, IRowSums Sums, IReadOnlyList<EmbeddingColumn> Columns) ToFit(ScoringSettings scoring, Func<string, InvalidDataException> invalid);
}
