using System.Text;
using Dime.Notebooks.Documents;

namespace Dime.Notebooks.Execution;

/// <summary>Collects what a cell puts out, in the order in which it does; threads may write at once.</summary>
internal sealed class CellOutputs
{
    private readonly Lock _lock = new();
    private List<CellOutput> _outputs = [];

    public void Add(CellOutput output)
    {
        lock (_lock)
        {
            if (output is StreamOutput next && _outputs.LastOrDefault() is StreamOutput last && last.Name == next.Name)
            {
                _outputs[^1] = last with { Text = last.Text + next.Text };
            }
            else
            {
                _outputs.Add(output);
            }
        }
    }

    /// <summary>What was put out since the last call.</summary>
    public IReadOnlyList<CellOutput> Take()
    {
        lock (_lock)
        {
            List<CellOutput> taken = _outputs;
            _outputs = [];
            return taken;
        }
    }

    /// <summary>A writer whose text becomes an output.</summary>
    public TextWriter Writer(string streamName) => new StreamWriter(this, streamName);

    private sealed class StreamWriter(CellOutputs outputs, string name) : TextWriter
    {
        public override Encoding Encoding => Encoding.UTF8;

        public override void Write(char value) => Write(value.ToString());

        public override void Write(char[] buffer, int index, int count) => Write(new string(buffer, index, count));

        public override void Write(string? value)
        {
            if (!string.IsNullOrEmpty(value))
            {
                outputs.Add(new StreamOutput(name, value.ReplaceLineEndings("\n")));
            }
        }
    }
}
