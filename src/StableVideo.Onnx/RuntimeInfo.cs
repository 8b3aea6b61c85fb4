using Microsoft.ML.OnnxRuntime;

namespace StableVideo.Onnx;

/// <summary>What the native ONNX Runtime is and can use on this machine.</summary>
public static class RuntimeInfo
{
    private const string Suffix = "ExecutionProvider";

    /// <summary>Version, e.g. <c>1.31.1</c>.</summary>
    /// <exception cref="DllNotFoundException">The native library does not load.</exception>
    public static string Version => OrtEnv.Instance().GetVersionString();

    /// <summary>Execution providers built into the library, e.g. <c>CUDA</c>, <c>CPU</c>, most preferred first.</summary>
    /// <exception cref="DllNotFoundException">The native library does not load.</exception>
    public static IReadOnlyList<string> Providers =>
        [.. OrtEnv.Instance().GetAvailableProviders().Select(name => name.EndsWith(Suffix, StringComparison.Ordinal) ? name[..^Suffix.Length] : name)];
}
