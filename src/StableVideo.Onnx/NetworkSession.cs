using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;

namespace StableVideo.Onnx;

/// <summary>A network loaded into ONNX Runtime. Runs may overlap on several threads.</summary>
public sealed class NetworkSession : IDisposable
{
    private readonly InferenceSession _session;

    private NetworkSession(InferenceSession session) => _session = session;

    /// <summary>Names of the inputs.</summary>
    public IReadOnlyList<string> Inputs => _session.InputNames;

    /// <summary>Names of the outputs, in the order a run returns them.</summary>
    public IReadOnlyList<string> Outputs => _session.OutputNames;

    /// <summary>Loads a graph and prepares its weights.</summary>
    /// <exception cref="NetworkException">The graph or its weights can not be loaded, or the provider is not there.</exception>
    public static NetworkSession Open(NetworkGraph graph, NetworkOptions options)
    {
        using var native = new SessionOptions();
        Configure(native, options);
        if (graph.WeightsFolder is { } folder)
            native.AddSessionConfigEntry("session.model_external_initializers_file_folder_path", folder);
        try
        {
            return new NetworkSession(new InferenceSession(graph.Model.ToArray(), native));
        }
        catch (OnnxRuntimeException e)
        {
            throw new NetworkException($"The network can not be loaded: {e.Message}", e);
        }
    }

    /// <inheritdoc cref="Run(CancellationToken, ReadOnlySpan{ValueTuple{string, ITensor}})"/>
    public FloatTensor[] Run(params ReadOnlySpan<(string Name, ITensor Value)> inputs) => Run(CancellationToken.None, inputs);

    /// <summary>Runs the network once.</summary>
    /// <param name="cancellationToken">Ends the run before its next operator; other runs of this session go on.</param>
    /// <param name="inputs">Every input by name.</param>
    /// <returns>The outputs in the order of <see cref="Outputs"/>.</returns>
    /// <exception cref="NetworkException">An input is missing or does not fit.</exception>
    /// <exception cref="OperationCanceledException">Cancelled before the last operator.</exception>
    public FloatTensor[] Run(CancellationToken cancellationToken, params ReadOnlySpan<(string Name, ITensor Value)> inputs)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var names = new string[inputs.Length];
        var values = new OrtValue[inputs.Length];
        try
        {
            for (var i = 0; i < inputs.Length; i++)
            {
                names[i] = inputs[i].Name;
                values[i] = ToNative(inputs[i].Value);
            }

            RequireAll(names);
            using var options = new RunOptions();

            // Disposed before the options are: that waits for a callback that is just running.
            using var registration = cancellationToken.UnsafeRegister(static state => ((RunOptions)state!).Terminate = true, options);
            using var outputs = _session.Run(options, names, values, _session.OutputNames);
            return [.. outputs.Select(FromNative)];
        }
        catch (OnnxRuntimeException e) when (cancellationToken.IsCancellationRequested)
        {
            throw new OperationCanceledException("The network was stopped: the run was cancelled.", e, cancellationToken);
        }
        catch (OnnxRuntimeException e)
        {
            throw new NetworkException($"The network failed: {e.Message}", e);
        }
        finally
        {
            foreach (var value in values)
                value?.Dispose();
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _session.Dispose();

    private void RequireAll(string[] names)
    {
        var missing = _session.InputNames.Except(names).ToArray();
        var unknown = names.Except(_session.InputNames).ToArray();
        if (missing.Length > 0)
            throw new NetworkException($"The network was run without its input {string.Join(", ", missing)}.");
        if (unknown.Length > 0)
            throw new NetworkException($"The network has no input {string.Join(", ", unknown)}; it takes {string.Join(", ", _session.InputNames)}.");
    }

    private static void Configure(SessionOptions native, NetworkOptions options)
    {
        native.GraphOptimizationLevel = options.Optimize ? GraphOptimizationLevel.ORT_ENABLE_ALL : GraphOptimizationLevel.ORT_DISABLE_ALL;
        native.ExecutionMode = ExecutionMode.ORT_SEQUENTIAL;
        native.IntraOpNumThreads = options.Threads;
        native.LogSeverityLevel = OrtLoggingLevel.ORT_LOGGING_LEVEL_FATAL;
        native.AddSessionConfigEntry("session.intra_op.allow_spinning", options.Spin ? "1" : "0");
        if (options.ProfilePrefix is { } prefix)
        {
            native.ProfileOutputPathPrefix = prefix;
            native.EnableProfiling = true;
        }

        if (options.Provider != ExecutionProvider.Cuda)
            return;
        try
        {
            native.AppendExecutionProvider_CUDA(options.Device);
        }
        catch (Exception e) when (e is OnnxRuntimeException or EntryPointNotFoundException)
        {
            throw new NetworkException(
                $"CUDA device {options.Device} can not be used ({e.Message}). Build with -p:Accelerator=Cuda on a machine with an NVIDIA driver, or choose the CPU.", e);
        }
    }

    /// <summary>
    /// Copies a tensor into the runtime's aligned memory. Kernels sum in vector-sized steps from the first aligned element, so an array in place, which
    /// starts wherever the garbage collector puts it, would give a last digit that changes from run to run.
    /// </summary>
    private static OrtValue ToNative(ITensor tensor)
    {
        var shape = Array.ConvertAll(tensor.Shape, length => (long)length);
        return tensor switch
        {
            FloatTensor floats => Copy<float>(floats.Data, TensorElementType.Float, shape),
            LongTensor longs => Copy<long>(longs.Data, TensorElementType.Int64, shape),
            _ => throw new ArgumentException($"A network can not take a {tensor.GetType().Name}.", nameof(tensor)),
        };
    }

    private static OrtValue Copy<T>(ReadOnlySpan<T> data, TensorElementType type, long[] shape)
        where T : unmanaged
    {
        var value = OrtValue.CreateAllocatedTensorValue(OrtAllocator.DefaultInstance, type, shape);
        data.CopyTo(value.GetTensorMutableDataAsSpan<T>());
        return value;
    }

    private static FloatTensor FromNative(OrtValue value)
    {
        var shape = Array.ConvertAll(value.GetTensorTypeAndShape().Shape, length => checked((int)length));
        return new FloatTensor(value.GetTensorDataAsSpan<float>().ToArray(), shape);
    }
}
