namespace StableVideo.Onnx;

/// <summary>Where a network runs.</summary>
public enum ExecutionProvider
{
    /// <summary>ONNX Runtime's CPU kernels; always there.</summary>
    Cpu,

    /// <summary>The CUDA provider; needs a build with <c>-p:Accelerator=Cuda</c> and an NVIDIA driver.</summary>
    Cuda,
}

/// <summary>How a network session runs.</summary>
public sealed record NetworkOptions
{
    /// <summary>One CPU session with one thread per core.</summary>
    public static NetworkOptions Default { get; } = new();

    /// <summary>Where the network runs; CPU by default.</summary>
    public ExecutionProvider Provider { get; init; } = ExecutionProvider.Cpu;

    /// <summary>CUDA device ordinal, used when <see cref="Provider"/> is <see cref="ExecutionProvider.Cuda"/>.</summary>
    public int Device { get; init; }

    /// <summary>Threads inside one operator; 0 (the default) means one per core.</summary>
    public int Threads { get; init; }

    /// <summary>Whether the runtime may fuse and rearrange the graph; on by default. Off only to find faults.</summary>
    public bool Optimize { get; init; } = true;

    /// <summary>
    /// Whether idle worker threads spin between operators: faster when the process has its cores for itself, wasteful when it shares them.
    /// Off by default.
    /// </summary>
    public bool Spin { get; init; }

    /// <summary>Where to write the time of every operator (path prefix of a Chrome trace, written on dispose), or null for no profile.</summary>
    public string? ProfilePrefix { get; init; }
}
