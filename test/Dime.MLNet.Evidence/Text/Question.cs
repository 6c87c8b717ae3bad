namespace Dime.MLNet.Evidence.Text;

/// <summary>A question to an assistant.</summary>
/// <param name="Intent">What is wanted; null where the assistant was not made for it.</param>
/// <param name="Words">The question.</param>
internal sealed record Question(string? Intent, string Words)
{
    /// <summary>The questions that come with the program, written for it.</summary>
    public static IReadOnlyList<Question> All()
    {
        using Stream stream = typeof(Question).Assembly.GetManifestResourceStream("questions.tsv")!;
        using var reader = new StreamReader(stream);
        return
        [
            .. reader.ReadToEnd().Split('\n', StringSplitOptions.RemoveEmptyEntries).Skip(1)
                .Select(line => line.Split('\t'))
                .Select(fields => new Question(fields[0] is "" ? null : fields[0], fields[1])),
        ];
    }
}
