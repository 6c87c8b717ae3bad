using Dime.MLNet.Tests.Fixtures;

namespace Dime.MLNet.Tests.Onnx.Monitoring;

/// <summary>Plans that somebody writes or edits.</summary>
[TestClass]
public sealed class MonitoringPlanTests
{
    private static MonitoringPlan Plan { get; } = new()
    {
        Tensors = [Tensor("a"), Tensor("b") with { OutputColumnName = "Late", Role = MonitoredTensorRole.LastEmbedding, Pooling = EmbeddingPooling.MeanToken, Reason = "it is late" }],
        Scores = [OutOfDistributionScore.Mahalanobis("a", weight: 0.5), OutOfDistributionScore.FeatureNorm("Late")],
        Remarks = ["There is more."],
    };

    [TestMethod]
    public void Text_has_a_line_for_each_tensor_and_remark() => Assert.AreEqual(
        "a: early, 4 values → 0.5 × Mahalanobis(a)\n"
        + "b as column Late: last embedding, 4 values, mean over tokens; it is late → FeatureNorm(Late)\n"
        + "Remark: There is more.",
        Plan.ToString());

    [TestMethod]
    public void Plans_of_the_same_values_are_equal()
    {
        MonitoringPlan same = Plan with { Tensors = [.. Plan.Tensors], Scores = [.. Plan.Scores] };

        Assert.AreEqual(Plan, same);
        Assert.AreEqual(Plan.GetHashCode(), same.GetHashCode());
        Assert.AreNotEqual(Plan, Plan with { Scores = [Plan.Scores[0]] });
        Assert.AreNotEqual(Plan, Plan with { LogitsColumnName = "a" });
        Assert.AreNotEqual(Plan, Plan with { Tensors = [Plan.Tensors[1], Plan.Tensors[0]] });
        Assert.AreNotEqual(Plan, Plan with { Remarks = [] });
    }

    [TestMethod]
    public void Names_and_columns_go_to_the_stage_in_order()
    {
        Assert.AreEqual("a b", string.Join(' ', Plan.TensorNames));
        Assert.AreEqual("a Late", string.Join(' ', Plan.OutputColumnNames));
        Assert.AreEqual(TokenPooling.Mean, Plan.TokenPooling);
    }

    [TestMethod]
    public void Scores_and_logits_of_columns_that_are_not_there_are_refused()
    {
        Plan.Validate();
        (Plan with { LogitsColumnName = "Late" }).Validate();

        InvalidOperationException score = Assert.ThrowsExactly<InvalidOperationException>(() => (Plan with { Tensors = [Plan.Tensors[0]] }).Validate());
        InvalidOperationException logits = Assert.ThrowsExactly<InvalidOperationException>(() => (Plan with { LogitsColumnName = "b" }).Validate());

        Assert.Contains("FeatureNorm(Late) is of a column that no tensor gives; the plan has 'a'", score.Message);
        Assert.Contains("'b' is of no tensor", logits.Message);
    }

    [TestMethod]
    public void Lists_that_contradict_themselves_are_refused()
    {
        RefusalAssert.Names(() => Plan with { Tensors = [] }, "At least one");
        RefusalAssert.Names(() => Plan with { Scores = [] }, "At least one");
        RefusalAssert.Names(() => Plan with { Tensors = [Tensor("a"), null!] }, "null");
        RefusalAssert.Names(() => Plan with { Tensors = [Tensor("a"), Tensor("a") with { OutputColumnName = "b" }] }, "The tensor 'a' is named twice");
        RefusalAssert.Names(() => Plan with { Tensors = [Tensor("a"), Tensor("b") with { OutputColumnName = "a" }] }, "The column 'a' is named twice");
        RefusalAssert.Names(() => Plan with { Scores = [Plan.Scores[0], OutOfDistributionScore.Mahalanobis("a")] }, "The score 'Mahalanobis(a)' is named twice");
        RefusalAssert.Names(() => Plan with { Tensors = [.. Plan.Tensors, Tensor("c") with { Pooling = EmbeddingPooling.FirstToken }] }, "Of 'c' the first token");
        RefusalAssert.Names(() => Plan with { LogitsColumnName = " " }, "LogitsColumnName");
        RefusalAssert.Names(() => Tensor(" "), "Name");
        Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => Tensor("a") with { Dimension = 0 });
    }

    private static MonitoredTensor Tensor(string name) => new() { Name = name, Role = MonitoredTensorRole.Early, Dimension = 4 };
}
