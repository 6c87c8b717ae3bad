using Dime.MLNet.Internals;
using Dime.MLNet.Onnx.Graph;
using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.Runtime;

namespace Dime.MLNet.Onnx.Features;

/// <summary>
/// ONNX Runtime's session of a network: made once, when it is first needed, shared by all cursors, and released when the
/// last inference under way at the time of <see cref="Dispose"/> has ended.
/// </summary>
internal sealed class FeatureSession : IDisposable
{
    private readonly FeaturePlan _plan;
    private readonly int? _gpuDeviceId;
    private readonly bool _fallbackToCpu;
    private readonly object _lock = new();
    private InferenceSession? _session;
    private int _users;
    private bool _isDisposed;

    /// <param name="environment">Gives the GPU where none is named.</param>
    /// <param name="plan">The network, and its threads.</param>
    /// <param name="gpuDeviceId">The CUDA device; null for the environment's.</param>
    /// <param name="fallbackToCpu">Whether to run on the CPU where the GPU fails.</param>
    public FeatureSession(IHostEnvironment environment, FeaturePlan plan, int? gpuDeviceId, bool fallbackToCpu)
    {
        _plan = plan;
        (_gpuDeviceId, _fallbackToCpu) = gpuDeviceId is null ? EnvironmentAccess.GpuOf(environment) : (gpuDeviceId, fallbackToCpu);
        _fallbackToCpu |= fallbackToCpu;
    }

    /// <summary>The memory of the batches.</summary>
    public FeaturePinnedArrays Memory { get; } = new();

    /// <exception cref="ObjectDisposedException">The session is disposed.</exception>
    public void ThrowIfDisposed()
    {
        if (_isDisposed)
        {
            throw Disposed();
        }
    }

    /// <summary>Makes the session, so that errors come early.</summary>
    /// <exception cref="InvalidOperationException">ONNX Runtime's library is missing, or the GPU fails.</exception>
    /// <exception cref="InvalidDataException">ONNX Runtime rejects the network.</exception>
    public void Open()
    {
        Enter();
        Exit();
    }

    /// <summary>Runs the network from the buffers of <paramref name="inputs"/> to those of <paramref name="outputs"/>.</summary>
    /// <exception cref="ObjectDisposedException">The session is disposed.</exception>
    /// <exception cref="OnnxRuntimeException">The inference fails.</exception>
    public void Run(RunOptions options, FeatureTensorValues inputs, FeatureTensorValues outputs)
    {
        InferenceSession session = Enter();
        try
        {
            session.Run(options, inputs.Names, inputs.Values, outputs.Names, outputs.Values);
        }
        finally
        {
            Exit();
        }
    }

    public void Dispose()
    {
        lock (_lock)
        {
            _isDisposed = true;
            ReleaseUnused();
        }

        Memory.Dispose();
    }

    // Named as the caller knows it.
    private static ObjectDisposedException Disposed() => new("OnnxFeatureTransformer");

    private InferenceSession Enter()
    {
        lock (_lock)
        {
            ThrowIfDisposed();
            _session ??= Create();
            _users++;
            return _session;
        }
    }

    private void Exit()
    {
        lock (_lock)
        {
            _users--;
            ReleaseUnused();
        }
    }

    private void ReleaseUnused()
    {
        if (_isDisposed && _users == 0)
        {
            _session?.Dispose();
            _session = null;
        }
    }

    private InferenceSession Create()
    {
        if (_gpuDeviceId is not { } device)
        {
            return CreateOn(null);
        }

        try
        {
            return CreateOn(device);
        }
        catch (Exception exception) when (exception is OnnxRuntimeException or EntryPointNotFoundException or InvalidDataException or InvalidOperationException)
        {
            return _fallbackToCpu
                ? CreateOn(null)
                : throw new InvalidOperationException(
                    $"ONNX Runtime cannot run the network on GPU {device}: {exception.Message} "
                    + "Add the package Microsoft.ML.OnnxRuntime.Gpu and its CUDA libraries, or allow the CPU with fallbackToCpu.",
                    exception);
        }
    }

    private InferenceSession CreateOn(int? device) => NativeRuntime.Call(() =>
    {
        using var options = new SessionOptions { LogSeverityLevel = OrtLoggingLevel.ORT_LOGGING_LEVEL_ERROR };
        if (_plan.Settings.IntraOpNumThreads is { } intraOp)
        {
            options.IntraOpNumThreads = intraOp;
        }

        if (_plan.Settings.InterOpNumThreads is { } interOp)
        {
            options.InterOpNumThreads = interOp;
            options.ExecutionMode = interOp > 1 ? ExecutionMode.ORT_PARALLEL : ExecutionMode.ORT_SEQUENTIAL;
        }

        if (device is { } id)
        {
            options.AppendExecutionProvider_CUDA(id);
        }

        return new InferenceSession(_plan.Model.Bytes, options);
    });
}
