namespace Dime.Server.Load;

/// <summary>A pool of prediction engines, one for each request that is under way.</summary>
internal interface IPool : IDisposable
{
    /// <summary>Scores an image with an engine that nobody uses.</summary>
    object Predict(Stream stream);
}
