byte[][] bytesOfMany = [.. Directory.GetFiles("test").Select(File.ReadAllBytes)];
