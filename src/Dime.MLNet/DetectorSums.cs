using Dime.MLNet.Detection.Training;
using Dime.MLNet.Serialization;

namespace Dime.MLNet;

/// <summary>
/// All that a fit needs of training data, or of a part of it: sums, the rows that were held out to calibrate on, and what they were made
/// with. Parts are accumulated anywhere, stored, merged and fitted.
/// </summary>
/// <remarks>
/// <para>
/// <c>Fit</c> of an estimator is <c>Accumulate</c>, then <c>Fit</c> of the sums. Whether a row is held out depends on the seed, on the name of its
/// part and on its id alone: of all rows whose hash falls into the share, those with the smallest hashes are held out, up to the most
/// that <see cref="Calibration.HeldOut"/> allows. A merge keeps to that, and adds the rows it pushes out to the sums. So the same rows are held out however
/// parts are merged, and sums differ by rounding at most; merged in the same order, one by one or in parts of that order merged before from its start, they are the same bits.
/// </para>
/// <para>An instance never changes, and is safe for use by several threads at once.</para>
/// </remarks>
public abstract class DetectorSums
{
    private const int FileBufferBytes = 1 << 16;

    private protected DetectorSums(TrainingSums sums) => Sums = sums;

    /// <summary>The parts of the data that are in the sums, in the order in which they were merged.</summary>
    public IReadOnlyList<SumsSource> Sources => Sums.Sources;

    /// <summary>The number of all rows that were read, used or not.</summary>
    public long RowCount => Sums.RowCount;

    /// <summary>The number of rows that were left out because a value was not finite; those among the held-out rows are found when these are measured.</summary>
    public long SkippedCount => Sums.Rows.SkippedCount;

    /// <summary>The number of rows that were left out because their class is missing.</summary>
    public long UnclassifiedCount => Sums.Rows.UnclassifiedCount;

    /// <summary>The number of rows that are held out to calibrate on; 0 with <see cref="Calibration.TrainingSet"/> and <see cref="Calibration.None"/>.</summary>
    public int HeldOutCount => Sums.HeldOutCount;

    /// <summary>The seed of the context that accumulated them; 0 where it had none.</summary>
    public int Seed => Sums.Setup.Seed;

    /// <summary>The version of the library that accumulated or merged them.</summary>
    public string LibraryVersion => Sums.LibraryVersion;

    /// <summary>What <see cref="AccumulationOptions.Properties"/> told of the embeddings.</summary>
    public IReadOnlyDictionary<string, string> Properties => Sums.Setup.Properties;

    /// <summary>A hash of the content (SHA-256, 64 hexadecimal digits): equal for the same sums of the same part, accumulated twice.</summary>
    public string Identity => Sums.Identity;

    internal TrainingSums Sums { get; }

    /// <summary>
    /// Merges the sums of parts in the order in which they are given; sort parts by name for a result that is the same bits each time. Sums of merged
    /// parts merge too. The sequence is read once, and of its items only the one that is added is held, so it may load them one by one.
    /// </summary>
    /// <typeparam name="TSums">Their kind.</typeparam>
    /// <param name="parts">One or more; left as they are.</param>
    /// <returns>The sums of all rows, with the options of the first part where those differ that do not matter to sums.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="parts"/> is null.</exception>
    /// <exception cref="ArgumentException">
    /// There are no parts; or one does not belong to those before it: it is of another kind, made with other options, of other columns, with another seed or
    /// other properties; or rows of a part are there twice, or parts have no names, so that nobody could tell. The message says what differs, and in which.
    /// </exception>
    /// <exception cref="InvalidOperationException">Together they have too many classes, or there is no memory for them.</exception>
    public static TSums Merge<TSums>(IEnumerable<TSums> parts)
        where TSums : DetectorSums
    {
        ArgumentNullException.ThrowIfNull(parts);
        TrainingSums? merged = null;
        foreach (TSums part in parts)
        {
            if (part is null)
            {
                throw new ArgumentException("One of the parts is null.", nameof(parts));
            }

            merged ??= part.Sums.BeginMerge();
            merged.Add(part.Sums, nameof(parts));
        }

        return merged is null
            ? throw new ArgumentException("There are no sums to merge: give at least those of one part.", nameof(parts))
            : (TSums)Of(merged);
    }

    /// <summary>Reads what <see cref="Save(string)"/> wrote.</summary>
    /// <param name="path">The path of the file.</param>
    /// <returns><see cref="DimeSums"/> or <see cref="EnsembleSums"/>, whichever the file has.</returns>
    /// <exception cref="InvalidDataException">The file is no such sums, was cut short or altered, or is of a newer version; the message names it.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public static DetectorSums Load(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        using var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, FileBufferBytes, FileOptions.SequentialScan);
        try
        {
            DetectorSums sums = Load(stream);
            return stream.ReadByte() < 0 ? sums : throw new InvalidDataException("There is more behind the end of the sums.");
        }
        catch (InvalidDataException exception)
        {
            throw new InvalidDataException($"The file '{path}' cannot be read as sums of a detector. {exception.Message}", exception);
        }
    }

    /// <summary>
    /// Reads files that <see cref="Save(string)"/> wrote one after the other, each while what is read of the one before is used: for <see cref="Merge"/>, which
    /// then has three sums in memory at most.
    /// </summary>
    /// <param name="paths">The paths, in the order of the merge.</param>
    /// <returns>The sums, read when they are asked for, and by each enumeration anew. It throws what <see cref="Load(string)"/> does, in the turn of the file at fault.</returns>
    public static IEnumerable<DetectorSums> LoadAll(IEnumerable<string> paths)
    {
        ArgumentNullException.ThrowIfNull(paths);
        return Ahead();

        IEnumerable<DetectorSums> Ahead()
        {
            Task<DetectorSums>? next = null;
            try
            {
                foreach (string path in paths)
                {
                    Task<DetectorSums>? now = next;
                    next = Task.Run(() => Load(path));
                    if (now is not null)
                    {
                        yield return now.GetAwaiter().GetResult();
                    }
                }

                if (next is not null)
                {
                    yield return next.GetAwaiter().GetResult();
                }
            }
            finally
            {
                // Nobody who has given up should find a file still open; what is wrong with it does not matter then.
                Task.WaitAny([next ?? Task.CompletedTask]);
            }
        }
    }

    /// <summary>Reads what <see cref="Save(Stream)"/> wrote.</summary>
    /// <param name="stream">Where to read; it is left open, just behind the sums.</param>
    /// <returns><see cref="DimeSums"/> or <see cref="EnsembleSums"/>, whichever the stream has.</returns>
    /// <exception cref="InvalidDataException">The content is no such sums, was cut short or altered, or is of a newer version.</exception>
    public static DetectorSums Load(Stream stream)
    {
        ArgumentNullException.ThrowIfNull(stream);
        return Of(TrainingSumsFormat.Load(stream));
    }

    /// <summary>Writes the sums to a file, replacing one that exists. The file appears whole or not at all.</summary>
    /// <param name="path">The path of the file to write.</param>
    /// <exception cref="IOException">The file cannot be written.</exception>
    /// <exception cref="UnauthorizedAccessException">It must not be.</exception>
    public void Save(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        WholeFile.Write(path, Save);
    }

    /// <summary>
    /// Writes the sums in a versioned, checksummed binary form: 8 bytes for each element of the upper triangles of the second moments, or 4 for each value of
    /// embeddings fewer than their values, and of held-out rows.
    /// </summary>
    /// <param name="stream">Where to write; it is left open.</param>
    /// <exception cref="IOException">The stream cannot be written.</exception>
    public void Save(Stream stream)
    {
        ArgumentNullException.ThrowIfNull(stream);
        Sums.Save(stream);
    }

    /// <summary>The names of the parts, and how many rows they have.</summary>
    public override string ToString() => $"{Sums} ({RowCount} rows)";

    private static DetectorSums Of(TrainingSums sums) => sums.Setup.Fit is HyperplaneFitSettings ? new DimeSums(sums) : new EnsembleSums(sums);
}
