using Microsoft.ML;

namespace Dime.Soak.Threads;

/// <summary>A model that many threads use; it is disposed when its place was taken by another and the last of them has let go.</summary>
internal sealed class SharedModel(ITransformer model)
{
    private int _users = 1;

    public ITransformer Transformer => model;

    /// <summary>Begins to use it.</summary>
    /// <returns>False where it is disposed.</returns>
    public bool TryUse()
    {
        for (int users = Volatile.Read(ref _users); users > 0; users = Volatile.Read(ref _users))
        {
            if (Interlocked.CompareExchange(ref _users, users + 1, users) == users)
            {
                return true;
            }
        }

        return false;
    }

    public void LetGo()
    {
        if (Interlocked.Decrement(ref _users) == 0)
        {
            (model as IDisposable)?.Dispose();
        }
    }
}
