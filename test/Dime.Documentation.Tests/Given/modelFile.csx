var givenNoise = new Random(1);
var givenContext = new Microsoft.ML.MLContext(seed: 1);
var givenRows = Enumerable.Range(0, 1000).Select(_ => new { Features = Enumerable.Range(0, 4).Select(_ => givenNoise.NextSingle()).ToArray() }).ToArray();
var givenSchema = Microsoft.ML.Data.SchemaDefinition.Create(givenRows[0].GetType());
givenSchema["Features"].ColumnType = new Microsoft.ML.Data.VectorDataViewType(Microsoft.ML.Data.NumberDataViewType.Single, 4);
Microsoft.ML.IDataView givenView = givenContext.Data.LoadFromEnumerable(givenRows, givenSchema);
givenContext.Model.Save(Microsoft.ML.DimeCatalog.DetectOutOfDistribution(givenContext.Transforms, "Features").Fit(givenView), givenView.Schema, "model.zip");
