using Dime.MLNet.Onnx.Protobuf;

namespace Dime.MLNet.Onnx.Graph;

/// <summary>Finds operators that wait for their own outputs, so that no order to run them in exists.</summary>
internal static class GraphCycle
{
    /// <summary>A tensor that waits for itself, or for one that does; null where there is an order to run all operators in.</summary>
    public static string? Find(GraphProto graph)
    {
        var producers = new Dictionary<string, int>();
        for (int i = 0; i < graph.Node.Count; i++)
        {
            foreach (string? name in graph.Node[i].Output.Where(name => name.Length > 0))
            {
                producers[name] = i;
            }
        }

        int[] awaited = new int[graph.Node.Count];
        var readers = new List<int>[graph.Node.Count];
        for (int i = 0; i < graph.Node.Count; i++)
        {
            // What nested graphs read from outside is left to ONNX Runtime: names of their own can look the same.
            foreach (string? name in graph.Node[i].Input)
            {
                if (producers.TryGetValue(name, out int producer))
                {
                    (readers[producer] ??= []).Add(i);
                    awaited[i]++;
                }
            }
        }

        var ready = new Stack<int>(Enumerable.Range(0, awaited.Length).Where(i => awaited[i] == 0));
        while (ready.TryPop(out int node))
        {
            foreach (int reader in readers[node] ?? [])
            {
                if (--awaited[reader] == 0)
                {
                    ready.Push(reader);
                }
            }
        }

        int stuck = Array.FindIndex(awaited, count => count > 0);
        return stuck < 0 ? null : graph.Node[stuck].Output.FirstOrDefault() ?? "";
    }
}
