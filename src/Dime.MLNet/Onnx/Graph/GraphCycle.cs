using Dime.MLNet.Onnx.Protobuf;

namespace Dime.MLNet.Onnx.Graph;

/// <summary>Finds operators that wait for their own outputs, so that no order to run them in exists.</summary>
internal static class GraphCycle
{
    /// <summary>A tensor that waits for itself, or for one that does; null where there is an order to run all operators in.</summary>
    public static string? Find(GraphProto graph)
    {
        var producers = new Dictionary<string, int>();
        for (var i = 0; i < graph.Node.Count; i++)
        {
            foreach (var name in graph.Node[i].Output.Where(name => name.Length > 0))
            {
                producers[name] = i;
            }
        }

        var awaited = new int[graph.Node.Count];
        var readers = new List<int>[graph.Node.Count];
        for (var i = 0; i < graph.Node.Count; i++)
        {
            // What nested graphs read from outside is left to ONNX Runtime: names of their own can look the same.
            foreach (var name in graph.Node[i].Input)
            {
                if (producers.TryGetValue(name, out var producer))
                {
                    (readers[producer] ??= []).Add(i);
                    awaited[i]++;
                }
            }
        }

        var ready = new Stack<int>(Enumerable.Range(0, awaited.Length).Where(i => awaited[i] == 0));
        while (ready.TryPop(out var node))
        {
            foreach (var reader in readers[node] ?? [])
            {
                if (--awaited[reader] == 0)
                {
                    ready.Push(reader);
                }
            }
        }

        var stuck = Array.FindIndex(awaited, count => count > 0);
        return stuck < 0 ? null : graph.Node[stuck].Output.FirstOrDefault() ?? "";
    }
}
