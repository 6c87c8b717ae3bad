namespace Dime.Tool.Outputs;

/// <summary>Writes scores, row by row.</summary>
internal interface IScoreWriter : IDisposable
{
    void Write(RowScore score);

    /// <summary>Writes what is still kept; no row comes after it.</summary>
    void Complete();
}
