using Dime.MLNet.Tests.Fixtures;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace Dime.MLNet.Tests.Onnx;

/// <summary>The stage in the zip of its pipeline.</summary>
[TestClass]
public sealed class OnnxFeatureSavedTests
{
    private const int Count = 70;

    private readonly MLContext _mlContext = new(seed: 1);
    private readonly SampleRow[] _rows = SampleRow.Create(Count);

    [TestMethod]
    public void Saved_part_of_the_network_gives_the_same_without_the_file()
    {
        string network = Path.Combine(Path.GetTempPath(), Path.GetRandomFileName() + ".onnx");
        File.Copy(ProjectFiles.SampleNetwork, network);
        DirectoryInfo temporary = Directory.CreateTempSubdirectory("dime-");
        var mlContext = new MLContext { TempFilePath = temporary.FullName };
        try
        {
            ModelZip zip;
            float[][] expected;
            using (OnnxFeatureTransformer model = Fit(SampleRow.Options(file: network, batchSize: 7)))
            {
                expected = [.. model.Transform(Data()).GetColumn<float[]>("Features")];
                zip = ModelZip.Save(_mlContext, model, Data().Schema);
            }

            File.Delete(network);
            using var stream = new MemoryStream(zip.Bytes);
            var loaded = (OnnxFeatureTransformer)mlContext.Model.Load(stream, out _);
            using (loaded)
            {
                Assert.AreEqual(7, loaded.BatchSize);
                float[][] actual = [.. loaded.Transform(Data()).GetColumn<float[]>("Features")];
                CollectionAssert.AreEqual(expected.SelectMany(row => row).ToArray(), actual.SelectMany(row => row).ToArray());
                Assert.IsEmpty(temporary.GetFileSystemInfos());
            }

            Assert.IsLessThan(new FileInfo(ProjectFiles.SampleNetwork).Length / 5, zip.Bytes.Length);
        }
        finally
        {
            File.Delete(network);
            temporary.Delete(recursive: true);
        }
    }

    private IDataView Data() => SampleRow.Data(_mlContext, _rows);

    private OnnxFeatureTransformer Fit(OnnxFeatureOptions options) => _mlContext.Transforms.ExtractOnnxFeatures(options).Fit(Data());
}
