var newRowsNoise = new Random(3);
float[] newRows = [.. Enumerable.Range(0, 10 * 512).Select(_ => newRowsNoise.NextSingle())];
