namespace Dime.MLNet.Tests.Fixtures;

[TestClass]
public sealed class ReferenceCaseTests
{
    [TestMethod]
    public void Every_case_is_read_whole()
    {
        IReadOnlyList<ReferenceCase> cases = ReferenceCase.LoadAll();

        CollectionAssert.AreEqual(new[] { "relu-features", "signed-features", "rank-one" }, cases.Select(c => c.Name).ToArray());
        foreach (ReferenceCase c in cases)
        {
            Assert.AreEqual(0, c.Train.Length % c.Dimension);
            Assert.AreEqual(c.Distance.Length * c.Dimension, c.New.Length);
            Assert.AreEqual(c.Rank, c.ExplainedVariance.Length);
        }
    }
}
