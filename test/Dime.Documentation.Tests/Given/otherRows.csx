var otherRowsNoise = new Random(2);
float[] otherRows = [.. Enumerable.Range(0, 500 * 512).Select(_ => otherRowsNoise.NextSingle())];
