namespace Dime.Tool.Inputs;

/// <summary>The columns of a file, as far as they were looked at.</summary>
/// <param name="File">The file, for messages.</param>
/// <param name="Columns">The columns, in the file's order.</param>
/// <param name="HasNames">Whether the file names them; otherwise their names are 1, 2, …</param>
/// <param name="HasTypes">Whether the file says which of them hold whole numbers; otherwise their first cells do.</param>
internal sealed record Table(string File, IReadOnlyList<TableColumn> Columns, bool HasNames, bool HasTypes);

/// <summary>A column of a table.</summary>
/// <param name="Name">Its name; may be empty.</param>
/// <param name="Kind">What it holds.</param>
internal sealed record TableColumn(string Name, CellKind Kind)
{
    /// <summary>Reads its first numbers; values that are missing are left out.</summary>
    public Func<IReadOnlyList<double>> Sample { get; init; } = () => [];

    /// <summary>Whether it holds classes, such as keys, where its kind does not say so.</summary>
    public bool HoldsClasses { get; init; }

    /// <summary>What is wrong with a <see cref="CellKind.Doubtful"/> or <see cref="CellKind.Other"/> column: the rest of a sentence that begins with it.</summary>
    public string? Doubt { get; init; }
}

/// <summary>What a column holds.</summary>
internal enum CellKind
{
    /// <summary>Numbers, not all of them whole or of a type for whole numbers.</summary>
    Numbers,

    /// <summary>Whole numbers.</summary>
    WholeNumbers,

    /// <summary>A list of numbers in each row.</summary>
    NumberLists,

    /// <summary>Words.</summary>
    Text,

    /// <summary>Nothing, in the rows that were looked at.</summary>
    Empty,

    /// <summary>Numbers and words, or what may be either.</summary>
    Doubtful,

    /// <summary>What is neither a number nor a word.</summary>
    Other,
}
