using Dime.MLNet;
using Microsoft.ML;

namespace ImageMonitoring;

/// <summary>The result as text.</summary>
internal static class Report
{
    private const int MostOutlying = 5;

    public static void Print(MLContext mlContext, IReadOnlyList<string> scores, ScoredSet inDistribution, IReadOnlyList<ScoredSet> others)
    {
        ScoredSet[] sets = [inDistribution, .. others];
        Console.WriteLine();
        Console.WriteLine($"{"set",-14}{"rows",6}{"mean distance",15}{"flagged",9}{"AUROC",8}{"FPR95",8}");
        foreach (ScoredSet set in sets)
        {
            Console.Write($"{set.Name,-14}{set.Images.Count,6}{set.Images.Average(i => i.DimeDistance),15:F4}{Flagged(set),9:P1}");
            if (set != inDistribution)
            {
                OutOfDistributionMetrics metrics = mlContext.AnomalyDetection.EvaluateOutOfDistribution(inDistribution.View, set.View);
                Console.Write($"{metrics.AreaUnderRocCurve,8:F3}{metrics.FalsePositiveRateAt95TruePositiveRate,8:F3}");
            }

            Console.WriteLine();
        }

        Console.WriteLine();
        Console.WriteLine($"{"AUROC of each score",-56}{string.Concat(others.Select(set => $"{set.Name,14}"))}");
        foreach ((string score, int i) in scores.Select((score, i) => (score, i)))
        {
            Console.WriteLine($"{score,-56}{string.Concat(others.Select(set => $"{set.Compare(inDistribution, i).AreaUnderRocCurve,14:F3}"))}");
        }

        Console.WriteLine();
        Console.WriteLine("Most outlying images:");
        IEnumerable<(string Name, ScoredImage Image)> outlying = sets.SelectMany(set => set.Images.Select(image => (set.Name, Image: image)))
            .OrderByDescending(row => row.Image.DimeDistance)
            .Take(MostOutlying);
        foreach ((string name, ScoredImage image) in outlying)
        {
            Console.WriteLine($"  {image.DimeDistance:F4}  probability {image.DimeProbability:F4}  {FromSet(name, image.Path)}, by {scores[image.ScoreProbabilities.AsSpan().IndexOf(image.ScoreProbabilities.Max())]}");
        }

        Console.WriteLine();
    }

    private static double Flagged(ScoredSet set) => set.Images.Count(image => image.IsOutOfDistribution) / (double)set.Images.Count;

    private static string FromSet(string name, string path) => path[path.LastIndexOf(name, StringComparison.Ordinal)..];
}
