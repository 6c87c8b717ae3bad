using Dime.MLNet.Onnx.Protobuf;

namespace Dime.MLNet.Onnx.Graph;

/// <summary>An order to run operators in.</summary>
internal static class GraphOrder
{
    /// <summary>The operators, each after those whose outputs it takes, and else as in the file; without those that wait for their own outputs.</summary>
    public static IReadOnlyList<int> Of(GraphProto graph)
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

        var order = new List<int>();
        var ready = new PriorityQueue<int, int>(Enumerable.Range(0, awaited.Length).Where(i => awaited[i] == 0).Select(i => (i, i)));
        while (ready.TryDequeue(out int node, out _))
        {
            order.Add(node);
            foreach (int reader in readers[node] ?? [])
            {
                if (--awaited[reader] == 0)
                {
                    ready.Enqueue(reader, reader);
                }
            }
        }

        return order;
    }
}
