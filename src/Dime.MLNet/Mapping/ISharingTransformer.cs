using Microsoft.ML;

namespace Dime.MLNet.Mapping;

/// <summary>A transformer that holds something which its copies can hold too: it is released with the last of them.</summary>
internal interface ISharingTransformer
{
    /// <summary>A transformer that does the same, to be disposed on its own.</summary>
    ITransformer Share();
}
