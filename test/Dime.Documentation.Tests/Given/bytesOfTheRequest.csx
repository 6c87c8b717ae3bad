byte[] bytesOfTheRequest = File.ReadAllBytes(Directory.GetFiles("strange")[0]);
