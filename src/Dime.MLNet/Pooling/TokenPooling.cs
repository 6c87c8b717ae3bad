namespace Dime.MLNet;

/// <summary>What becomes of the tokens of a transformer, tensors of N×T×C: T tokens of C values each.</summary>
public enum TokenPooling
{
    /// <summary>Tensors of three dimensions are no tokens but feature maps of N×C×T, channels first.</summary>
    None = 0,

    /// <summary>The mean over all T tokens: C values.</summary>
    Mean = 1,

    /// <summary>The first token alone, where some networks gather what they know of the whole row: C values.</summary>
    First = 2,
}
