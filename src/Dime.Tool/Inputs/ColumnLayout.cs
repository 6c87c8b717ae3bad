using System.Globalization;
using System.Text.Json.Serialization;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace Dime.Tool.Inputs;

/// <summary>What a row of embeddings holds.</summary>
/// <param name="Dimension">The number of values.</param>
/// <param name="Names">The names of the columns that the values come from, all different; null where they have none.</param>
internal sealed record ColumnLayout(int Dimension, IReadOnlyList<string>? Names)
{
    // Where ML.NET keeps the names of the values of a vector; a pipeline's zip has them in the schema of its input.
    private const string SlotNames = nameof(SlotNames);

    /// <summary>The layout of a column of vectors of known size.</summary>
    public static ColumnLayout Of(DataViewSchema.Column column)
    {
        VBuffer<ReadOnlyMemory<char>> names = default;
        if (column.HasSlotNames())
        {
            column.GetSlotNames(ref names);
        }

        string[] texts = [.. names.DenseValues().Select(name => name.ToString())];
        int dimension = ((VectorDataViewType)column.Type).Size;
        bool areNames = texts.Length == dimension && texts.All(name => name.Length > 0) && texts.Distinct().Count() == dimension;
        return new ColumnLayout(dimension, areNames ? texts : null);
    }

    /// <summary>Makes a column of the rows one of vectors with this layout.</summary>
    public void Describe(SchemaDefinition.Column column)
    {
        column.ColumnType = new VectorDataViewType(NumberDataViewType.Single, Dimension);
        if (Names is not null)
        {
            ReadOnlyMemory<char>[] names = [.. Names.Select(name => name.AsMemory())];
            column.AddAnnotation(SlotNames, new VBuffer<ReadOnlyMemory<char>>(Dimension, names), new VectorDataViewType(TextDataViewType.Instance, Dimension));
        }
    }
}

/// <summary>What was taken from a file of embeddings.</summary>
/// <param name="File">The file.</param>
/// <param name="Id">The column that tells rows apart; null where their numbers do.</param>
/// <param name="Features">The columns of the embedding as <c>--columns</c> takes them; null where the file has no columns.</param>
/// <param name="Dimension">The number of values of an embedding.</param>
/// <param name="LeftOut">The columns that were not used, as <c>--columns</c> takes them.</param>
/// <param name="MatchedByName">Whether the columns were found by the names that a model has; null where there is no model.</param>
/// <param name="Label">The column of classes; null where none was named.</param>
internal sealed record TakenColumns(
    string File,
    string? Id,
    IReadOnlyList<string>? Features,
    int Dimension,
    IReadOnlyList<string> LeftOut,
    bool? MatchedByName,
    string? Label = null)
{
    /// <summary>The same in one line.</summary>
    [JsonIgnore]
    public string Sentence => string.Create(
        CultureInfo.InvariantCulture,
        $"{File}: {(Id is null ? "ids are the numbers of the rows" : $"ids from column '{Id}'")}, {Classes}embeddings of {Dimension} values{From}{Matching}{Rest}.");

    private string Classes => Label is null ? "" : $"classes from column '{Label}', ";

    private string From => Features is null ? "" : $" from {string.Join(", ", Features)}";

    private string Matching => MatchedByName switch
    {
        true => ", matched by name",
        false => ", taken by position",
        null => "",
    };

    private string Rest => LeftOut.Count == 0 ? "" : $"; left out: {string.Join(", ", LeftOut)}";
}
