using Dime.MLNet;
using Dime.Tool.Terminal;

namespace Dime.Tool.Fitting;

/// <summary>Files of sums. They are read one after the other in the ordinal order of their names, so that they merge to the same bits however they are named on a command line.</summary>
internal sealed class PartFiles
{
    private readonly string[] _files;

    /// <exception cref="InputException">There is no such file.</exception>
    public PartFiles(IEnumerable<string> paths)
    {
        _files = [.. paths.OrderBy(path => Path.GetFileName(path), StringComparer.Ordinal).ThenBy(path => path, StringComparer.Ordinal)];
        if (_files.FirstOrDefault(file => !File.Exists(file)) is { } missing)
        {
            throw new InputException(Directory.Exists(missing)
                ? $"'{missing}' is a folder; name the files in it, as in {Path.Combine(missing, "*.sums")}."
                : $"There is no file '{missing}'; name files that 'dime accumulate' wrote.");
        }
    }

    /// <summary>Merges them; no more than three are held at a time.</summary>
    /// <param name="console">Where progress is shown.</param>
    /// <param name="check">Looks at the first, before others are merged; null for nothing.</param>
    /// <param name="cancelled">Stops the work.</param>
    /// <exception cref="InputException">One cannot be read, or does not belong to those before it; the message names it.</exception>
    public DetectorSums Merge(ToolConsole console, Action<DetectorSums, string>? check, CancellationToken cancelled)
    {
        using RowProgress progress = new(console, "Merging", _files.Length, cancelled, unit: "parts");
        using IEnumerator<DetectorSums> parts = DetectorSums.LoadAll(_files).GetEnumerator();
        var before = new PartsBefore();
        string current = _files[0];

        DetectorSums Next(string file)
        {
            current = file;
            progress.RowRead();
            LibraryErrors.AsInput(parts.MoveNext);
            DetectorSums sums = parts.Current;
            if (file == _files[0])
            {
                check?.Invoke(sums, file);
            }

            before.Add(sums, file);
            return sums;
        }

        return _files.Length == 1
            ? Next(_files[0])
            : LibraryErrors.AsInput(() => DetectorSums.Merge(_files.Select(Next)), e => $"'{current}' cannot be merged. {Cause.Of(e).Message}");
    }
}
