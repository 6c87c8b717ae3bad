using Dime.MLNet.Internals;
using Dime.MLNet.Onnx.Graph;
using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.Runtime;

namespace Dime.MLNet.Onnx.Features;

/// <summary>
/// ONNX Runtime's session of a network, shared by all who hold it: transformers, and the cursors and rows that run it. It is
/// made when it is first needed, released with the last hold, and made again where somebody holds it anew.
/// </summary>
internal sealed class FeatureSession
{
    private readonly IHostEnvironment _environment;
    private readonly FeaturePlan _plan;
    private readonly int? _gpuDeviceId;
    private readonly bool _fallbackToCpu;
    private readonly object _lock = new();
    private InferenceSession? _session;
    private int _holds;
    private bool _wasReleased;

    /// <param name="environment">Gives the GPU where none is named, and hears of a network that is loaded again.</param>
    /// <param name="plan">The network, and its threads.</param>
    /// <param name="gpuDeviceId">The CUDA device; null for the environment's.</param>
    /// <param name="fallbackToCpu">Whether to run on the CPU where the GPU fails.</param>
    public FeatureSession(IHostEnvironment environment, FeaturePlan plan, int? gpuDeviceId, bool fallbackToCpu)
    {
        _environment = environment;
        _plan = plan;
        (_gpuDeviceId, _fallbackToCpu) = gpuDeviceId is null ? EnvironmentAccess.GpuOf(environment) : (gpuDeviceId, fallbackToCpu);
        _fallbackToCpu |= fallbackToCpu;
    }

    /// <summary>Another session, on the same device.</summary>
    /// <param name="plan">The network, and its threads.</param>
    public FeatureSession With(FeaturePlan plan) => new(_environment, plan, _gpuDeviceId, _fallbackToCpu);

    /// <summary>The memory of the batches.</summary>
    public FeaturePinnedArrays Memory { get; } = new();

    /// <summary>Whether ONNX Runtime has the network in memory.</summary>
    public bool IsOpen => _session is not null;

    /// <summary>Keeps the session from being released until what is returned is disposed, or forgotten and collected.</summary>
    public IDisposable Hold()
    {
        lock (_lock)
        {
            _holds++;
        }

        return new Holder(this);
    }

    /// <summary>Makes the session, so that errors come early.</summary>
    /// <exception cref="InvalidOperationException">ONNX Runtime's library is missing, or the GPU fails.</exception>
    /// <exception cref="InvalidDataException">ONNX Runtime rejects the network.</exception>
    public void Open()
    {
        Enter();
        Release();
    }

    /// <summary>Runs the network from the buffers of <paramref name="inputs"/> to those of <paramref name="outputs"/>.</summary>
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
            Release();
        }
    }

    // An inference holds the session too: whoever asked for it may be forgotten while it runs.
    private InferenceSession Enter()
    {
        InferenceSession session;
        bool again;
        lock (_lock)
        {
            again = _session is null && _wasReleased;
            session = _session ??= Create();
            _holds++;
        }

        if (again)
        {
            WarnOfLoadingAgain();
        }

        return session;
    }

    private void Release()
    {
        lock (_lock)
        {
            if (--_holds > 0)
            {
                return;
            }

            _wasReleased |= _session is not null;
            _session?.Dispose();
            _session = null;
            Memory.Clear();
        }
    }

    private void WarnOfLoadingAgain()
    {
        using IChannel channel = _environment.Register(nameof(OnnxFeatureTransformer)).Start("Open");
        channel.Warning(
            MessageSensitivity.Schema,
            $"The network of column '{_plan.Outputs[0].Column}' is loaded again, which takes time: its transformer was disposed, and is still in use. "
            + "A PredictionEngine disposes its model unless it is created with PredictionEngineOptions.OwnsTransformer = false; dispose the model once, after all that use it.");
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

    /// <summary>One hold, given up once however often it is disposed.</summary>
    private sealed class Holder(FeatureSession session) : IDisposable
    {
        private FeatureSession? _session = session;

        // ML.NET's PredictionEngine never disposes the row that it made.
        ~Holder() => GiveUp();

        public void Dispose()
        {
            GiveUp();
            GC.SuppressFinalize(this);
        }

        private void GiveUp() => Interlocked.Exchange(ref _session, null)?.Release();
    }
}
