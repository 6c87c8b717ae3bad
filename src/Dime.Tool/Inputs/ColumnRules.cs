using System.Text.RegularExpressions;

namespace Dime.Tool.Inputs;

/// <summary>
/// Decides which columns of a table are the embedding, and which one tells rows apart. What the user names counts first;
/// then the names that a model has; then the number of values that it takes; then what the columns hold and how they are
/// named. What could be meant in two ways is an error that names the option which settles it.
/// </summary>
/// <param name="table">The table.</param>
/// <param name="options">What the user named.</param>
/// <param name="model">What the model takes; null where one is to be fitted.</param>
internal sealed partial class ColumnRules(Table table, EmbeddingOptions options, ColumnLayout? model)
{
    // Fewer rows tell nothing about the values of a column.
    private const int LeastSample = 3;

    private const int MostNames = 8;

    private readonly ILookup<string, int> _byName = Enumerable.Range(0, table.Columns.Count).ToLookup(i => table.Columns[i].Name);

    // Found when the choice begins; no part of what is chosen from.
    private int? _label;

    private IEnumerable<int> All => Enumerable.Range(0, table.Columns.Count).Where(i => i != _label);

    /// <exception cref="InputException">A column that was named is not there, or the columns could be meant in two ways.</exception>
    public ColumnChoice Choose()
    {
        _label = options.LabelColumn is { } label ? Label(label) : null;
        int? id = options.IdColumn is { } name ? Id(name) : null;
        (int[] features, bool isByName) = options.Columns is { } columns ? Named(columns) : Unnamed(id);
        Check(features);
        return new ColumnChoice(features, id ?? Id(features), model is null ? null : isByName, _label);
    }

    private int? Label(string name)
    {
        if (options.MayLackLabel && !_byName.Contains(name))
        {
            return null;
        }

        int label = IndexOf(name);
        bool isClass = table.Columns[label].HoldsClasses
            || Kind(label) is CellKind.Text or CellKind.WholeNumbers or CellKind.Doubtful
            || (Kind(label) == CellKind.Numbers && table.Columns[label].Sample().All(double.IsInteger));
        return isClass
            ? label
            : throw Error($"column '{name}' does not hold classes, which are words or whole numbers; name another with --label.");
    }

    private (int[] Features, bool IsByName) Named(IReadOnlyList<string> columns)
    {
        int[] features = [.. columns.SelectMany(Indices)];
        if (model?.Names is not { } names || !table.HasNames || HasLists(features))
        {
            return (features, false);
        }

        if (names.Count == features.Length && !names.Except(features.Select(Name)).Any())
        {
            return ([.. names.Select(IndexOf)], true);
        }

        // Other columns in place of the model's are the user's choice, but none of its own may stand in the place of another.
        foreach ((int feature, string expected) in features.Zip(names).Where(pair => Name(pair.First) != pair.Second && names.Contains(Name(pair.First))))
        {
            throw Error($"--columns has '{Name(feature)}' in the place of '{expected}', and the model takes both; name them in the model's order, {ShortList(names)}.");
        }

        return (features, false);
    }

    private (int[] Features, bool IsByName) Unnamed(int? id)
    {
        foreach (int doubtful in All.Where(i => i != id && Kind(i) == CellKind.Doubtful && !IsNamedAsId(i)))
        {
            throw Error($"column '{Name(doubtful)}' {table.Columns[doubtful].Doubt}. If it is no part of the embedding, choose the columns with --columns, or make it the id with --id {Name(doubtful)}.");
        }

        int[] lists = [.. All.Where(i => Kind(i) == CellKind.NumberLists)];
        bool hasNames = model?.Names is { } names && table.HasNames && (lists.Length == 0 || names.Any(_byName.Contains));
        return hasNames ? (Matched(model!.Names!, id), true) : (lists.Length > 0 ? OnlyList(lists) : Numbers(id), false);
    }

    private int[] Matched(IReadOnlyList<string> names, int? id)
    {
        HashSet<string> known = [.. names];
        string[] missing = [.. names.Where(name => !_byName.Contains(name))];
        int[] added = [.. All.Where(i => i != id && !known.Contains(Name(i)) && IsNumeric(i) && !IsIdByName(i) && !IsBlank(i))];
        if (missing.Length == 0 && added.Length == 0)
        {
            return [.. names.Select(IndexOf)];
        }

        string[] faults =
        [
            .. missing.Length == 0 ? Array.Empty<string>() : [$"{ShortList(missing)} missing"],
            .. added.Length == 0 ? Array.Empty<string>() : [$"{ShortList(ColumnRanges.Of(table, added))} new"],
        ];
        throw Error($"the columns are not those of the model ({string.Join(", ", faults)}); " + (missing.Length > 0
            ? "name the columns of the embedding, in the model's order, with --columns."
            : $"leave new ones out with --columns {Range(All.Where(i => known.Contains(Name(i))))}, or make one the id with --id."));
    }

    private int[] OnlyList(int[] lists)
    {
        int[] candidates = [.. lists, .. All.Where(i => Kind(i) == CellKind.Numbers)];
        return candidates.Length == 1
            ? candidates
            : throw Error($"{candidates.Length} columns could be the embedding, lists among them ({ShortList(ColumnRanges.Of(table, candidates))}); name one column of lists with --columns.");
    }

    // Without names to go by, the number of values that a model takes may settle what is part of the embedding.
    private int[] Numbers(int? id)
    {
        int[] numeric = [.. All.Where(i => i != id && IsNumeric(i) && !IsBlank(i))];
        return numeric.Length == model?.Dimension ? numeric : WithoutIds([.. numeric.Where(i => !IsIdByName(i))]);
    }

    private int[] WithoutIds(int[] features)
    {
        foreach (int i in features)
        {
            if (Kind(i) == CellKind.Empty)
            {
                throw Error($"column '{Name(i)}' has no value in its first rows; leave it out with --columns {Range(features.Where(other => Kind(other) != CellKind.Empty))}.");
            }

            if (IsNamedAsId(i) && Name(i).Length > 0)
            {
                throw Error($"column '{Name(i)}' is named as an id, but holds numbers that are not whole; make it the id with --id {Name(i)}, or part of the embedding with --columns {Range(features)}.");
            }

            if (Kind(i) == CellKind.WholeNumbers && table.HasNames && NameOfLabel().IsMatch(Name(i)))
            {
                throw Error($"column '{Name(i)}' is named as a label; say so with --label {Name(i)}, leave it out with --columns {Range(features.Where(other => other != i))}, or make it part of the embedding with --columns {Range(features)}.");
            }
        }

        CheckTypes(features);
        CheckFirst(features);
        return features;
    }

    // Networks give numbers of one type.
    private void CheckTypes(int[] features)
    {
        int[] whole = [.. features.Where(i => Kind(i) == CellKind.WholeNumbers)];
        if (table.HasTypes && whole.Length > 0 && whole.Length < features.Length)
        {
            throw Error($"columns of whole numbers ({ShortList(ColumnRanges.Of(table, whole))}) stand beside columns of other numbers; leave out what is no part of the embedding with --columns {Range(features.Except(whole))}, or keep all with --columns {Range(features)}.");
        }
    }

    private void CheckFirst(int[] features)
    {
        if (features is not [0, _, ..] || table.Columns[0].Sample() is not { Count: >= LeastSample } sample || !sample.All(double.IsInteger))
        {
            return;
        }

        bool isCounting = sample.Skip(1).Zip(sample).All(pair => pair.First == pair.Second + 1);
        bool isDifferent = sample.Distinct().Count() == sample.Count && features.Skip(1).Any(i => Kind(i) == CellKind.Numbers);
        if (isCounting || isDifferent)
        {
            throw Error($"the first column, '{Name(0)}', has another whole number in each row; make it the id with --id {Name(0)}, or part of the embedding with --columns {Range(features)}.");
        }
    }

    private void Check(int[] features)
    {
        if (features.Length == 0)
        {
            throw Error("there is no column of numbers; name the columns of the embedding with --columns, or what separates cells with --delimiter.");
        }

        if (_label is { } label && features.Contains(label))
        {
            throw Error($"column '{Name(label)}' has the classes (--label) and is no part of the embedding; leave it out of --columns.");
        }

        foreach (int i in features)
        {
            if (Kind(i) is CellKind.Text)
            {
                throw Error($"column '{Name(i)}' does not hold numbers; leave it out of --columns.");
            }

            if (table.Columns[i].Doubt is { } doubt)
            {
                throw Error($"column '{Name(i)}' {doubt}.");
            }
        }

        if (features.GroupBy(i => i).FirstOrDefault(group => group.Count() > 1) is { } twice)
        {
            throw Error($"--columns names '{Name(twice.Key)}' twice; name each column once.");
        }

        if (features.GroupBy(Name).FirstOrDefault(group => group.Count() > 1) is { } same)
        {
            throw Error($"two columns are named '{same.Key}'; give each a name of its own.");
        }

        if (HasLists(features) && features.Length > 1)
        {
            throw Error($"{ShortList(ColumnRanges.Of(table, features))} cannot be one embedding, with lists among them; name one column of lists with --columns.");
        }

        if (model is not null && !HasLists(features) && features.Length != model.Dimension)
        {
            throw Error($"{features.Length} columns of numbers ({ShortList(ColumnRanges.Of(table, features))}) are not the {model.Dimension} values that the model takes; name the columns of the embedding with --columns, and the id with --id.");
        }
    }

    private int Id(string name)
    {
        int id = IndexOf(name);
        return Kind(id) is not (CellKind.NumberLists or CellKind.Other)
            ? id
            : throw Error($"column '{name}' holds neither text nor numbers to tell rows apart by; name another with --id.");
    }

    private int? Id(int[] features)
    {
        int[] candidates = [.. All.Except(features).Where(i => Kind(i) == CellKind.Text || IsIdByName(i))];
        int[] named = [.. candidates.Where(IsNamedAsId)];
        return (candidates, named) switch
        {
            ([], _) => null,
            ([var only], _) => only,
            (_, [var only]) => only,
            _ => throw Error($"{ShortList(ColumnRanges.Of(table, candidates))} could each tell rows apart; choose one with --id."),
        };
    }

    private IEnumerable<int> Indices(string part)
    {
        if (ColumnRanges.Ends(part) is not { } ends)
        {
            return [IndexOf(part)];
        }

        int first = IndexOf(ends.First);
        int last = IndexOf(ends.Last);
        return last >= first
            ? Enumerable.Range(first, last - first + 1)
            : throw Error($"in '{part}' the last column stands before the first; turn them round.");
    }

    private int IndexOf(string name)
    {
        return _byName[name].ToArray() switch
        {
            [var only] => only,
            [] => throw Error($"there is no column '{name}'; it has {ShortList([.. Enumerable.Range(0, table.Columns.Count).Select(i => ColumnRanges.NameOf(table, i))])}."),
            _ => throw Error($"two columns are named '{name}'; give each a name of its own."),
        };
    }

    private string Name(int column) => table.Columns[column].Name;

    private CellKind Kind(int column) => table.Columns[column].Kind;

    private bool HasLists(int[] features) => features.Any(i => Kind(i) == CellKind.NumberLists);

    private bool IsNumeric(int column) => Kind(column) is CellKind.Numbers or CellKind.WholeNumbers or CellKind.Empty;

    // What a separator at the end of each line leaves.
    private bool IsBlank(int column) => Kind(column) == CellKind.Empty && Name(column).Length == 0;

    // Numbers that are an id by their column's name.
    private bool IsIdByName(int column) => IsNamedAsId(column) && Kind(column) switch
    {
        CellKind.WholeNumbers or CellKind.Doubtful => true,
        CellKind.Numbers => table.Columns[column].Sample() is { Count: > 0 } sample && sample.All(double.IsInteger),
        _ => false,
    };

    private bool IsNamedAsId(int column) => table.HasNames && NameOfId().IsMatch(Name(column));

    private string Range(IEnumerable<int> columns)
    {
        IReadOnlyList<string> ranges = ColumnRanges.Of(table, columns);
        return ranges.Count <= MostNames ? string.Join(',', ranges) : "…";
    }

    private static string ShortList(IReadOnlyList<string> names) => string.Join(", ", names.Take(MostNames)) + (names.Count > MostNames ? ", …" : "");

    private InputException Error(string sentence) => new($"'{table.File}': {sentence}");

    // As id, row_id, imageId, index, or what pandas gives an index: no name, "Unnamed: 0" or __index_level_0__.
    [GeneratedRegex(@"^(|name|(?i:(.*[^a-z])?(id|idx|index|key|row|uuid|guid|path|file|filename)|unnamed: 0|__index_level_\d+__))$|[a-z](Id|ID|Index|Key)$")]
    private static partial Regex NameOfId();

    [GeneratedRegex("^(label|class|target)$", RegexOptions.IgnoreCase)]
    private static partial Regex NameOfLabel();
}
