IDataView otherInDistributionData = mlContext.Data.LoadFromEnumerable(rows);
