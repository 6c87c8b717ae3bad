namespace Dime.MLNet.Tests.Fixtures;

/// <summary>What is said of arguments that cannot be.</summary>
internal static class RefusalAssert
{
    /// <summary>Asserts that an <see cref="ArgumentException"/> is thrown, whose message has all of the words.</summary>
    public static void Names(Action action, params string[] words)
    {
        string message = Assert.ThrowsExactly<ArgumentException>(action).Message;
        foreach (string word in words)
        {
            Assert.Contains(word, message);
        }
    }

    /// <inheritdoc cref="Names(Action, string[])"/>
    public static void Names(Func<object> make, params string[] words) => Names(() => { _ = make(); }, words);
}
