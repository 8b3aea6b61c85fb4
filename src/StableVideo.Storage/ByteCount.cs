namespace StableVideo.Storage;

/// <summary>Numbers of bytes for people.</summary>
public static class ByteCount
{
    private static readonly string[] Units = ["bytes", "KiB", "MiB", "GiB", "TiB"];

    /// <summary>Such as <c>512 bytes</c> or <c>1.4 GiB</c>.</summary>
    public static string InWords(long bytes)
    {
        var (value, unit) = ((double)bytes, 0);
        for (; value >= 1024 && unit < Units.Length - 1; unit++)
            value /= 1024;
        return unit == 0 ? $"{bytes} bytes" : FormattableString.Invariant($"{value:0.0} {Units[unit]}");
    }
}
