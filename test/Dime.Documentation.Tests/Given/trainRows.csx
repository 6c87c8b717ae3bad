var trainRowsNoise = new Random(1);
float[] trainRows = [.. Enumerable.Range(0, 2000 * 512).Select(_ => trainRowsNoise.NextSingle())];
