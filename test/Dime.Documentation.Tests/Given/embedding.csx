float[] embedding = [.. Enumerable.Range(0, 128).Select(i => i % 2 == 0 ? 100f : -100f)];
