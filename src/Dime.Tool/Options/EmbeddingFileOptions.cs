using System.CommandLine;
using System.CommandLine.Parsing;
using Dime.Tool.Inputs;

namespace Dime.Tool.Options;

/// <summary>The options that say how a file of embeddings is read.</summary>
internal sealed class EmbeddingFileOptions
{
    private readonly Option<string?> _columns = new("--columns")
    {
        Description = "The columns of the embedding, as in a,b,c or f0..f511; those of the model, or all columns of numbers, if left out. Without names, columns are 1, 2, …",
        HelpName = "names",
    };

    private readonly Option<string?> _id = new("--id") { Description = "The column that tells rows apart; the only text column, one that is named as an id, or the row's number, if left out.", HelpName = "name" };
    private readonly Option<string?> _delimiter = new("--delimiter") { Description = "What separates cells; a comma (.csv, pipes) or a tab (.tsv) if left out.", HelpName = "text" };
    private readonly Option<bool?> _header = new("--header") { Description = "Whether text begins with the names of the columns; seen from the first lines if left out.", HelpName = "true|false" };

    private readonly Option<string?> _label = new("--label") { Description = "The column of the rows' classes, which is no part of the embedding. 'fit' learns from it; others pass it over.", HelpName = "name" };

    /// <param name="command">The command.</param>
    /// <param name="files">The files that the options are for; none where the rows are images.</param>
    public void AddTo(Command command, Func<CommandResult, IEnumerable<string>> files)
    {
        command.Add(_columns);
        command.Add(_id);
        command.Add(_label);
        command.Add(_delimiter);
        command.Add(_header);
        command.Validators.Add(result =>
        {
            if (result.GetValue(_delimiter) is "")
            {
                result.AddError("--delimiter is empty: give what separates cells, such as ; or \\t.");
            }

            if (result.GetValue(_delimiter)?.IndexOfAny(['"', '\r', '\n']) >= 0)
            {
                result.AddError("--delimiter is a quotation mark or a line break, which have a meaning of their own: give what separates cells, such as ; or \\t.");
            }

            EmbeddingOptions options = Read(result);
            foreach (string misplaced in files(result).Select(options.Misplaced).OfType<string>())
            {
                result.AddError(misplaced);
            }
        });
    }

    public EmbeddingOptions Read(CommandResult result) => new(
        result.GetValue(_columns)?.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries),
        result.GetValue(_id),
        result.GetValue(_delimiter)?.Replace("\\t", "\t", StringComparison.Ordinal),
        result.GetValue(_header),
        result.GetValue(_label));
}
