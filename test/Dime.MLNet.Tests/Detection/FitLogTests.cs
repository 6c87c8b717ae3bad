using Dime.MLNet.Tests.Fixtures;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace Dime.MLNet.Tests.Detection;

/// <summary>What a fit says, and that it stops when told to.</summary>
[TestClass]
public sealed class FitLogTests
{
    // Long enough that a block is a small part of the rows.
    private const int LongDimension = 512;

    private readonly MLContext _mlContext = new(seed: 1);

    [TestMethod]
    public void Log_tells_rank_rows_explained_variance_and_calibration_rows()
    {
        var log = new ContextLog(_mlContext);
        var options = new DimeOptions { Rank = 2, Calibration = Calibration.TrainingSet };

        _ = _mlContext.Transforms.DetectOutOfDistribution(options).Fit(_mlContext.Data.LoadFromEnumerable(Embeddings.Create(120)));

        Assert.HasCount(2, log.Infos);
        Assert.Contains("column 'Features'", log.Infos[0]);
        Assert.Contains("rank 2 of 6", log.Infos[0]);
        Assert.Contains("of 120 rows", log.Infos[0]);
        Assert.Contains("%", log.Infos[0]);
        Assert.Contains("120 rows calibrate", log.Infos[1]);
    }

    [TestMethod]
    public void Cancelling_the_context_stops_a_fit_long_before_the_end()
    {
        var rows = new CountedRows<EmbeddingRow>(LongRows(20_000, i => CancelAt(i, 200)));
        DimeEstimator estimator = _mlContext.Transforms.DetectOutOfDistribution(Embeddings.Uncalibrated);

        Assert.ThrowsExactly<OperationCanceledException>(() => estimator.Fit(LoadLong(rows)));

        Assert.IsLessThan(5000, rows.HandedOut);
    }

    [TestMethod]
    public void Cancelling_the_context_stops_a_calibration()
    {
        DimeTransformer model = _mlContext.Transforms.DetectOutOfDistribution(new DimeOptions { Rank = 1, Calibration = Calibration.None })
            .Fit(_mlContext.Data.LoadFromEnumerable(Embeddings.Create(50)));
        var rows = new CountedRows<EmbeddingRow>(Endless(500_000));

        Assert.ThrowsExactly<OperationCanceledException>(() => model.Calibrate(_mlContext.Data.LoadFromEnumerable(rows)));

        Assert.IsLessThan(500_000, rows.HandedOut);

        IEnumerable<EmbeddingRow> Endless(int count)
        {
            EmbeddingRow row = Embeddings.Create(1)[0];
            for (int i = 0; i < count; i++)
            {
                CancelAt(i, 100);
                yield return row;
            }
        }
    }

    private void CancelAt(int row, int last)
    {
        if (row == last)
        {
            MLNetInternals.CancelExecution(_mlContext);
        }
    }

    private static IEnumerable<EmbeddingRow> LongRows(int count, Action<int> before)
    {
        var row = new EmbeddingRow { Features = new float[LongDimension] };
        for (int i = 0; i < count; i++)
        {
            before(i);
            yield return row;
        }
    }

    private IDataView LoadLong(IEnumerable<EmbeddingRow> rows)
    {
        var definition = SchemaDefinition.Create(typeof(EmbeddingRow));
        definition["Features"].ColumnType = new VectorDataViewType(NumberDataViewType.Single, LongDimension);
        return _mlContext.Data.LoadFromEnumerable(rows, definition);
    }
}
