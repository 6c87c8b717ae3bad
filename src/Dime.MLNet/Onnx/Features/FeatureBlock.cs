using System.Numerics;
using Dime.MLNet.Mapping;
using Microsoft.ML;
using Microsoft.ML.OnnxRuntime;

namespace Dime.MLNet.Onnx.Features;

/// <summary>A block of rows on its way through a network, in one inference.</summary>
internal sealed class FeatureBlock : IMappedBlock
{
    private readonly FeaturePlan _plan;
    private readonly FeatureSession _session;
    private readonly IDisposable _hold;
    private readonly IColumnSource _source;
    private readonly FeatureInput[] _inputs;
    private readonly FeatureOutput?[] _outputs;
    private readonly FeatureTensorValues _inputValues;
    private readonly FeatureTensorValues _outputValues;
    private readonly RunOptions _runOptions = new();
    private long _firstPosition;
    private long _lastPosition;

    /// <param name="plan">The network and its columns.</param>
    /// <param name="session">Runs the network.</param>
    /// <param name="source">Gives the row's values.</param>
    /// <param name="columns">The input columns, in the plan's order.</param>
    /// <param name="activeOutput">Which of the output columns will be asked for; at least one.</param>
    /// <param name="capacity">The most rows the block will have, at most the rows of a batch.</param>
    public FeatureBlock(
        FeaturePlan plan,
        FeatureSession session,
        IColumnSource source,
        IReadOnlyList<DataViewSchema.Column> columns,
        Func<int, bool> activeOutput,
        int capacity)
    {
        _plan = plan;
        _session = session;
        _hold = session.Hold();
        _source = source;

        // Data of any number of rows shares the memory of a few sizes; else a server would keep some for each number that ever came.
        int rows = plan.Model.FixedBatch ?? (int)Math.Min(BitOperations.RoundUpToPowerOf2((uint)capacity), (uint)Math.Max(plan.BatchRows, capacity));
        _inputs = [.. plan.Inputs.Zip(columns, (input, column) => FeatureInput.Create(source, column, input.Tensor, rows, session.Memory))];
        _outputs =
        [
            .. plan.Outputs.Select((output, i) => activeOutput(i) ? FeatureOutput.Create(output, rows, session.Memory) : null),
        ];
        _inputValues = new FeatureTensorValues([.. _inputs.Select(input => input.Buffer)]);
        _outputValues = new FeatureTensorValues([.. _outputs.OfType<FeatureOutput>().Select(output => output.Buffer)]);
    }

    public void Read(int slot)
    {
        _lastPosition = _source.Position;
        if (slot == 0)
        {
            _firstPosition = _lastPosition;
        }

        foreach (FeatureInput input in _inputs)
        {
            input.Read(slot);
        }
    }

    public void Compute(int count)
    {
        int rows = _plan.Model.FixedBatch ?? count;
        foreach (FeatureInput input in _inputs)
        {
            input.Pad(count, rows);
        }

        Run(rows);
        foreach (FeatureOutput? output in _outputs)
        {
            output?.Finish(count);
        }
    }

    public Delegate GetterOf(int output, Func<int> slot) => _outputs[output]!.GetterOf(slot);

    public void Dispose()
    {
        _inputValues.Dispose();
        _outputValues.Dispose();
        _runOptions.Dispose();
        foreach (IDisposable? column in _inputs.Concat<IDisposable?>(_outputs))
        {
            column?.Dispose();
        }

        // Last, so that the memory is back before its owner lets go of it.
        _hold.Dispose();
    }

    private void Run(int rows)
    {
        _inputValues.Resize(rows);
        _outputValues.Resize(rows);
        try
        {
            _session.Run(_runOptions, _inputValues, _outputValues);
        }
        catch (OnnxRuntimeException exception)
        {
            string where = _firstPosition == _lastPosition ? $"row {_firstPosition}" : $"rows {_firstPosition} to {_lastPosition}";
            throw new RowException(
                $"ONNX Runtime failed at {where} (counted from 0), from column {Quote(_plan.Inputs)} to column {Quote(_plan.Outputs)}: {exception.Message}", exception);
        }
    }

    private static string Quote(IEnumerable<FeatureTensorColumn> columns) => string.Join(", ", columns.Select(column => $"'{column.Column}'"));
}
