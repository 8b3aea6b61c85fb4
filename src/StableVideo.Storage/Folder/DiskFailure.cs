namespace StableVideo.Storage;

/// <summary>Tells a disk that is full or gone from any other trouble with files.</summary>
internal static class DiskFailure
{
    /// <summary>What to say of the disk, or <see langword="null"/> when the disk is not to blame.</summary>
    public static string? Describe(Exception exception) => exception is not IOException ? null
        : OperatingSystem.IsWindows() ? DescribeWindows(exception)
        : DescribeUnix(exception);

    // The runtime hands on the number of the system's error where it has no exception of its own for it.
    private static string? DescribeUnix(Exception exception) => (exception.HResult, OperatingSystem.IsMacOS()) switch
    {
        (28, _) => "is full",
        (122, false) or (69, true) => "is full: the disk quota of this user is used up",
        (30, _) => "is mounted read-only",
        (5 or 6 or 19, _) => $"does not work: {exception.Message}",
        (107 or 108 or 110 or 112 or 113 or 116, false) or (57 or 58 or 60 or 64 or 65 or 70, true) => $"does not answer: {exception.Message}",
        _ => null,
    };

    private static string? DescribeWindows(Exception exception) => (exception.HResult & 0xFFFF, exception.HResult >>> 16) switch
    {
        (0x27 or 0x70, 0x8007) => "is full",
        (0x13, 0x8007) => "is write-protected",
        (0x15 or 0x33 or 0x35 or 0x37 or 0x40 or 0x79, 0x8007) => $"does not answer: {exception.Message}",
        _ => null,
    };
}
