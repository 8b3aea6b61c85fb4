using OpenCvSharp;

namespace StableVideo.Imaging;

/// <summary>The one place that decides how many threads pixel loops and the native picture library use. Results do not depend on it.</summary>
public static class NativeThreads
{
    private static int count = Environment.ProcessorCount;

    /// <summary>Threads for one operation, at least 1; default: the number of processors.</summary>
    public static int Count
    {
        get => count;
        set
        {
            ArgumentOutOfRangeException.ThrowIfLessThan(value, 1);
            count = value;
            ParallelOptions = new ParallelOptions { MaxDegreeOfParallelism = value };
            Cv2.SetNumThreads(value);
        }
    }

    internal static ParallelOptions ParallelOptions { get; private set; } = new() { MaxDegreeOfParallelism = Environment.ProcessorCount };
}
