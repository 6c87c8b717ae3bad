using System.Runtime.CompilerServices;
using Dime.MLNet.Onnx.Features;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace Dime.MLNet.Tests.Onnx.Features;

/// <summary>Disposal of the stage while it is idle and while it runs.</summary>
[TestClass]
public sealed class OnnxFeatureDisposalTests
{
    private readonly MLContext _mlContext = new(seed: 1);
    private readonly IDataView _data;

    public OnnxFeatureDisposalTests() => _data = SampleRow.Data(_mlContext, SampleRow.Create(70));

    [TestMethod]
    public void Disposed_transformer_is_an_error_and_no_crash()
    {
        OnnxFeatureTransformer model = Fit();
        IDataView scored = model.Transform(_data);
        using DataViewRowCursor cursor = scored.GetRowCursor([scored.Schema["Features"]]);
        Assert.IsTrue(cursor.MoveNext());

        new TransformerChain<OnnxFeatureTransformer>(model).Dispose();

        Assert.ThrowsExactly<ObjectDisposedException>(() =>
        {
            while (cursor.MoveNext())
            {
            }
        });
        Assert.ThrowsExactly<ObjectDisposedException>(() => model.Transform(_data));
        Assert.ThrowsExactly<ObjectDisposedException>(() => model.GetOutputSchema(_data.Schema));
        Assert.ThrowsExactly<ObjectDisposedException>(() => ((ITransformer)model).GetRowToRowMapper(_data.Schema));
        using var stream = new MemoryStream();
        Assert.ThrowsExactly<ObjectDisposedException>(() => _mlContext.Model.Save(model, _data.Schema, stream));
        model.Dispose();
    }

    [TestMethod]
    public void Prediction_engine_of_a_disposed_transformer_says_so()
    {
        OnnxFeatureTransformer model = Fit();
        using PredictionEngine<SampleRow, SampleRow.Prediction> engine = _mlContext.Model.CreatePredictionEngine<SampleRow, SampleRow.Prediction>(model);
        SampleRow row = SampleRow.Create(1)[0];
        Assert.HasCount(32, engine.Predict(row).Features);

        model.Dispose();

        Assert.ThrowsExactly<ObjectDisposedException>(() => engine.Predict(row));
    }

    [TestMethod]
    public async Task Disposal_while_cursors_run_ends_them_after_the_inference_under_way()
    {
        for (int round = 0; round < 20; round++)
        {
            OnnxFeatureTransformer model = Fit();
            IDataView scored = model.Transform(_data);
            using var running = new CountdownEvent(2);
            Task<Exception?>[] readers = [.. Enumerable.Range(0, 2).Select(_ => Task.Run(() => ReadUntilItFails(scored, running)))];
            running.Wait();
            model.Dispose();

            foreach (Exception? error in await Task.WhenAll(readers))
            {
                Assert.IsInstanceOfType<ObjectDisposedException>(error);
            }
        }
    }

    [TestMethod]
    public void Memory_of_the_batches_is_lent_again_and_let_go_with_the_transformer()
    {
        (OnnxFeatureTransformer model, WeakReference batch) = UseAndDispose();
        GC.Collect();

        Assert.IsFalse(batch.IsAlive);
        GC.KeepAlive(model);
    }

    [TestMethod]
    public void Array_that_comes_back_after_disposal_is_not_kept()
    {
        using var memory = new FeaturePinnedArrays();
        float[] first = memory.Rent<float>(10), second = memory.Rent<float>(10);
        Assert.AreNotSame(first, second);
        memory.Return(first);
        Assert.AreSame(first, memory.Rent<float>(10));

        memory.Dispose();
        memory.Return(first);

        Assert.AreNotSame(first, memory.Rent<float>(10));
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private (OnnxFeatureTransformer Model, WeakReference Batch) UseAndDispose()
    {
        OnnxFeatureTransformer model = Fit();
        Assert.AreEqual(70, model.Transform(_data).GetColumn<float[]>("Features").Count());
        FeaturePinnedArrays memory = model.Session.Memory;
        float[] pixels = memory.Rent<float>(4 * SampleRow.Size);

        // The first row's first pixel of the last batch: the array is one that the cursor used.
        Assert.AreEqual(SampleRow.Create(70)[68].Pixels[0], pixels[0]);
        memory.Return(pixels);
        model.Dispose();
        return (model, new WeakReference(pixels));
    }

    private static Exception? ReadUntilItFails(IDataView scored, CountdownEvent running)
    {
        bool signalled = false;
        try
        {
            while (true)
            {
                using DataViewRowCursor cursor = scored.GetRowCursor([scored.Schema["Features"]]);
                while (cursor.MoveNext())
                {
                    if (!signalled)
                    {
                        running.Signal();
                        signalled = true;
                    }
                }
            }
        }
        catch (Exception exception)
        {
            return exception;
        }
    }

    private OnnxFeatureTransformer Fit() => _mlContext.Transforms.ExtractOnnxFeatures(SampleRow.Options(batchSize: 4)).Fit(_data);
}
