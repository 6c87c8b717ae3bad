using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using Dime.MLNet.Onnx.Features;
using Dime.MLNet.Tests.Fixtures;
using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Runtime;

namespace Dime.MLNet.Tests.Onnx.Features;

/// <summary>Who holds the session of the stage, and that disposing one of them takes nothing from the others.</summary>
[TestClass]
[DoNotParallelize] // It collects garbage, which empties the array pools that tests of allocation count on.
public sealed class OnnxFeatureDisposalTests
{
    private const int Count = 70;

    private readonly MLContext _mlContext = new(seed: 1);
    private readonly ConcurrentQueue<string> _warnings = [];
    private readonly SampleRow[] _rows = SampleRow.Create(Count);
    private readonly IDataView _data;

    public OnnxFeatureDisposalTests()
    {
        _data = SampleRow.Data(_mlContext, _rows);
        _mlContext.Log += (_, e) =>
        {
            if (e.Kind == ChannelMessageKind.Warning && e.Source.Contains("OnnxFeature", StringComparison.Ordinal))
            {
                _warnings.Enqueue(e.RawMessage);
            }
        };
    }

    [TestMethod]
    public void Open_cursor_outlives_its_transformer_and_releases_the_session()
    {
        OnnxFeatureTransformer model = Fit();
        IDataView scored = model.Transform(_data);
        float[][] expected = [.. scored.GetColumn<float[]>("Features")];
        using (DataViewRowCursor cursor = scored.GetRowCursor([scored.Schema["Features"]]))
        {
            ValueGetter<VBuffer<float>> getter = cursor.GetGetter<VBuffer<float>>(scored.Schema["Features"]);
            VBuffer<float> value = default;
            Assert.IsTrue(cursor.MoveNext());

            new TransformerChain<OnnxFeatureTransformer>(model).Dispose();
            model.Dispose();

            for (int i = 1; i < Count; i++)
            {
                Assert.IsTrue(cursor.MoveNext());
                getter(ref value);
                CollectionAssert.AreEqual(expected[i], value.DenseValues().ToArray());
            }

            Assert.IsFalse(cursor.MoveNext());
            Assert.IsTrue(model.Session.IsOpen);
        }

        Assert.IsFalse(model.Session.IsOpen);
        Assert.IsEmpty(_warnings);
    }

    [TestMethod]
    public void Session_is_released_at_once_where_the_transformer_alone_holds_it()
    {
        OnnxFeatureTransformer model = Fit();
        Assert.IsTrue(model.Session.IsOpen);

        model.Dispose();

        Assert.IsFalse(model.Session.IsOpen);
    }

    [TestMethod]
    public void Use_after_disposal_loads_the_network_again_and_warns()
    {
        OnnxFeatureTransformer model = Fit();
        float[][] expected = [.. model.Transform(_data).GetColumn<float[]>("Features")];
        model.Dispose();

        float[][] again = [.. model.Transform(_data).GetColumn<float[]>("Features")];

        for (int i = 0; i < Count; i++)
        {
            CollectionAssert.AreEqual(expected[i], again[i]);
        }

        Assert.HasCount(1, _warnings);
        Assert.Contains("'Features'", _warnings.Single());
        Assert.Contains("PredictionEngineOptions.OwnsTransformer = false", _warnings.Single());
        Assert.IsFalse(model.Session.IsOpen, "The cursor was disposed, and the transformer before it.");
        using var stream = new MemoryStream();
        _mlContext.Model.Save(model, _data.Schema, stream);
        stream.Position = 0;
        using var loaded = (IDisposable)_mlContext.Model.Load(stream, out _);
        CollectionAssert.AreEqual(expected[0], ((ITransformer)loaded).Transform(_data).GetColumn<float[]>("Features").First());
    }

    [TestMethod]
    [DataRow(false, DisplayName = "the old one first")]
    [DataRow(true, DisplayName = "the new one first")]
    public void Calibrated_pipeline_holds_the_session_itself(bool newFirst)
    {
        TransformerChain<DimeTransformer> model = FitDetector();
        FeatureSession session = SessionOf(model);
        TransformerChain<DimeTransformer> calibrated = model.Calibrate(_data);
        Assert.AreSame(session, SessionOf(calibrated));
        uint[] distances = Embeddings.BitsOf(model.Transform(_data));
        (TransformerChain<DimeTransformer> first, TransformerChain<DimeTransformer> second) = newFirst ? (calibrated, model) : (model, calibrated);

        // Twice each part, and the chain: one hold is given up once.
        Array.ForEach([.. first.OfType<IDisposable>(), .. first.OfType<IDisposable>(), first], part => part.Dispose());

        Assert.IsTrue(session.IsOpen);
        CollectionAssert.AreEqual(distances, Embeddings.BitsOf(second.Transform(_data)));
        second.Dispose();
        Assert.IsFalse(session.IsOpen);
        Assert.IsEmpty(_warnings);
    }

    [TestMethod]
    public void Engine_that_is_disposed_takes_nothing_from_other_engines()
    {
        TransformerChain<DimeTransformer> model = FitDetector();
        float[] expected = [.. model.Transform(_data).GetColumn<float>("DimeDistance")];
        PredictionEngine<SampleRow, ScoredRow> other = Engine(model);

        using (PredictionEngine<SampleRow, ScoredRow> engine = Engine(model))
        {
            Assert.AreEqual(expected[0], engine.Predict(_rows[0]).DimeDistance, 1e-3 * expected[0]);
        }

        Assert.AreEqual(expected[1], other.Predict(_rows[1]).DimeDistance, 1e-3 * expected[1]);
        Assert.IsEmpty(_warnings, "The network was loaded again although an engine held it.");
    }

    [TestMethod]
    public void Engine_that_does_not_own_its_model_leaves_it_loaded()
    {
        TransformerChain<DimeTransformer> model = FitDetector();
        PredictAndDispose(model, new PredictionEngineOptions { OwnsTransformer = false });

        Collect();

        Assert.IsTrue(SessionOf(model).IsOpen);
        model.Dispose();
        Assert.IsFalse(SessionOf(model).IsOpen);
    }

    [TestMethod]
    public void Engine_that_is_garbage_holds_no_session()
    {
        TransformerChain<DimeTransformer> model = FitDetector();
        PredictAndDispose(model, new PredictionEngineOptions());

        Collect();

        Assert.IsFalse(SessionOf(model).IsOpen);
        GC.KeepAlive(model);
    }

    [TestMethod]
    public void Hundreds_of_engines_come_and_go_on_eight_threads_beside_engines_that_stay()
    {
        const int Threads = 8, Requests = 50;
        TransformerChain<DimeTransformer> model = FitDetector();
        float[] expected = [.. model.Transform(_data).GetColumn<float>("DimeDistance")];
        var failures = new ConcurrentQueue<string>();
        Thread[] threads = [.. Enumerable.Range(0, Threads).Select(thread => new Thread(() => Serve(thread)))];

        Array.ForEach(threads, thread => thread.Start());
        Array.ForEach(threads, thread => thread.Join());

        Assert.IsEmpty(failures, string.Join(Environment.NewLine, failures.Take(5)));
        Assert.IsEmpty(_warnings);

        void Serve(int thread)
        {
            try
            {
                PredictionEngine<SampleRow, ScoredRow> own = Engine(model);
                for (int i = 0; i < Requests; i++)
                {
                    int row = ((thread * Requests) + i) % Count;
                    using PredictionEngine<SampleRow, ScoredRow> engine = Engine(model);
                    Check(row, engine.Predict(_rows[row]).DimeDistance);
                    Check(row, own.Predict(_rows[row]).DimeDistance);
                }
            }
            catch (Exception exception)
            {
                failures.Enqueue(exception.ToString());
            }
        }

        void Check(int row, float actual)
        {
            // One row and a batch may take another kernel of ONNX Runtime.
            if (!(Math.Abs(actual - expected[row]) <= 1e-3 * expected[row]))
            {
                failures.Enqueue($"row {row}: {actual} for {expected[row]}");
            }
        }
    }

    [TestMethod]
    public async Task Disposal_while_cursors_run_disturbs_none()
    {
        float[][] expected;
        using (OnnxFeatureTransformer reference = Fit())
        {
            expected = [.. reference.Transform(_data).GetColumn<float[]>("Features")];
        }

        for (int round = 0; round < 20; round++)
        {
            OnnxFeatureTransformer model = Fit();
            IDataView scored = model.Transform(_data);
            using var running = new CountdownEvent(2);
            Task<float[][]>[] readers = [.. Enumerable.Range(0, 2).Select(_ => Task.Run(() => Read(scored, running)))];
            running.Wait();
            model.Dispose();

            foreach (float[][] rows in await Task.WhenAll(readers))
            {
                Assert.HasCount(Count, rows);
                for (int i = 0; i < Count; i++)
                {
                    CollectionAssert.AreEqual(expected[i], rows[i]);
                }
            }

            Assert.IsFalse(model.Session.IsOpen);
        }
    }

    [TestMethod]
    public void Memory_of_the_batches_is_lent_again_and_let_go_with_the_last_hold()
    {
        (OnnxFeatureTransformer model, WeakReference batch) = UseAndDispose();
        GC.Collect();

        Assert.IsFalse(batch.IsAlive);
        GC.KeepAlive(model);
    }

    [TestMethod]
    public void Data_of_any_number_of_rows_shares_the_memory_of_a_few_sizes()
    {
        using OnnxFeatureTransformer model = _mlContext.Transforms.ExtractOnnxFeatures(SampleRow.Options(batchSize: 24)).Fit(_data);
        float[][] expected = [.. model.Transform(_data).GetColumn<float[]>("Features")];

        for (int count = 1; count <= 40; count++)
        {
            float[][] actual = [.. model.Transform(SampleRow.Data(_mlContext, _rows[..count])).GetColumn<float[]>("Features")];
            Assert.HasCount(count, actual);
            FeatureAssert.Close(expected[count - 1], actual[^1], 1e-5);
        }

        // An input and an output of 1, 2, 4, 8, 16 and 24 rows.
        Assert.AreEqual(12, model.Session.Memory.IdleCount);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private (OnnxFeatureTransformer Model, WeakReference Batch) UseAndDispose()
    {
        OnnxFeatureTransformer model = Fit();
        Assert.AreEqual(Count, model.Transform(_data).GetColumn<float[]>("Features").Count());
        FeaturePinnedArrays memory = model.Session.Memory;
        float[] pixels = memory.Rent<float>(4 * SampleRow.Size);

        // The first row's first pixel of the last batch: the array is one that the cursor used.
        Assert.AreEqual(_rows[68].Pixels[0], pixels[0]);
        memory.Return(pixels);
        Assert.AreSame(pixels, memory.Rent<float>(4 * SampleRow.Size));
        memory.Return(pixels);
        model.Dispose();
        return (model, new WeakReference(pixels));
    }

    private static float[][] Read(IDataView scored, CountdownEvent running)
    {
        var rows = new List<float[]>();
        using DataViewRowCursor cursor = scored.GetRowCursor([scored.Schema["Features"]]);
        ValueGetter<VBuffer<float>> getter = cursor.GetGetter<VBuffer<float>>(scored.Schema["Features"]);
        VBuffer<float> value = default;
        while (cursor.MoveNext())
        {
            getter(ref value);
            rows.Add([.. value.DenseValues()]);
            if (rows.Count == 1)
            {
                running.Signal();
            }
        }

        return [.. rows];
    }

    // In a method of its own, so that nothing of the engine is left on the stack.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private void PredictAndDispose(TransformerChain<DimeTransformer> model, PredictionEngineOptions options)
    {
        using PredictionEngine<SampleRow, ScoredRow> engine = _mlContext.Model.CreatePredictionEngine<SampleRow, ScoredRow>(model, options);
        engine.Predict(_rows[0]);
        Assert.IsTrue(SessionOf(model).IsOpen);
    }

    private static void Collect()
    {
        GC.Collect();
        GC.WaitForPendingFinalizers();
    }

    private static FeatureSession SessionOf(TransformerChain<DimeTransformer> model) => model.OfType<OnnxFeatureTransformer>().Single().Session;

    private PredictionEngine<SampleRow, ScoredRow> Engine(ITransformer model) => _mlContext.Model.CreatePredictionEngine<SampleRow, ScoredRow>(model);

    private OnnxFeatureTransformer Fit() => _mlContext.Transforms.ExtractOnnxFeatures(SampleRow.Options(batchSize: 4)).Fit(_data);

    private TransformerChain<DimeTransformer> FitDetector() => _mlContext.Transforms.ExtractOnnxFeatures(SampleRow.Options(batchSize: 4))
        .Append(_mlContext.Transforms.DetectOutOfDistribution(rank: 3))
        .Fit(_data);
}
