namespace Dime.MLNet;

/// <summary>How a row of a tensor becomes an embedding.</summary>
public enum EmbeddingPooling
{
    /// <summary>As it is: N×P gives P values.</summary>
    None = 0,

    /// <summary>The mean of each channel over all positions: N×C×H×W and N×C×T give C values.</summary>
    Positions = 1,

    /// <summary>The mean of each value over all tokens: N×T×C gives C values.</summary>
    MeanToken = 2,

    /// <summary>The first token: N×T×C gives C values.</summary>
    FirstToken = 3,
}
