// Dime.MLNet.SecondProcess <model.zip> <rows.idv> <report> <column> [<column> ...]
//
// Loads a model with nothing but ML.NET's own API, scores the rows, and writes what it found: the types of the chain, the
// model's input schema, and the bits of each row's columns, from the data view and from a prediction engine. Rows with a
// column "File" are encoded images.
using Dime.MLNet.SecondProcess;
using Microsoft.ML;
using Microsoft.ML.Data;

if (args is not [var modelFile, var rowsFile, var reportFile, .. var columns])
{
    Console.Error.WriteLine("usage: Dime.MLNet.SecondProcess <model.zip> <rows.idv> <report> <column> ...");
    return 2;
}

var mlContext = new MLContext();
ITransformer model = mlContext.Model.Load(modelFile, out DataViewSchema inputSchema);
IDataView rows = mlContext.Data.LoadFromBinary(rowsFile);
IReadOnlyList<EncodedImage>? images = EncodedImage.In(rows);
IDataView scored = model.Transform(images is null ? rows : mlContext.Data.LoadFromEnumerable(images));

var report = new List<string>();
report.AddRange(((IEnumerable<ITransformer>)model).Select(part => $"part {part.GetType().FullName}"));
report.AddRange(inputSchema.Select(column => $"input {column.Name} {column.Type}"));
foreach (string name in columns)
{
    report.AddRange(Bits.Of(scored, name).Select(bits => $"batch {name} {bits}"));
}

DataViewSchema.Column? embedding = inputSchema.GetColumnOrNull(nameof(EngineInput.Features));
if (images is not null)
{
    using PredictionEngine<EncodedImage, EngineOutput> engine = mlContext.Model.CreatePredictionEngine<EncodedImage, EngineOutput>(model, inputSchema);
    report.AddRange(images.Select(image => $"engine DimeDistance {Bits.Of(engine.Predict(image).DimeDistance)}"));
}
else if (inputSchema.Count == 1 && embedding is not null)
{
    var definition = SchemaDefinition.Create(typeof(EngineInput));
    definition[nameof(EngineInput.Features)].ColumnType = embedding.Value.Type;
    using PredictionEngine<EngineInput, EngineOutput> engine =
        mlContext.Model.CreatePredictionEngine<EngineInput, EngineOutput>(model, inputSchemaDefinition: definition);
    report.AddRange(mlContext.Data.CreateEnumerable<EngineInput>(rows, reuseRowObject: false)
        .Select(row => engine.Predict(row).DimeDistance)
        .Select(distance => $"engine DimeDistance {Bits.Of(distance)}"));
}

File.WriteAllLines(reportFile, report);
return 0;
