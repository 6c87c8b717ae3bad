var rowsNoise = new Random(1);
Row[] rows = [.. Enumerable.Range(0, 1000).Select(_ => new Row { Features = [.. Enumerable.Range(0, 128).Select(_ => rowsNoise.NextSingle())] })];
