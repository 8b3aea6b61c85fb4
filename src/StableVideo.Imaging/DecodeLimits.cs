namespace StableVideo.Imaging;

/// <summary>The largest input accepted; checked from headers, before any frame is decoded.</summary>
public sealed record DecodeLimits
{
    /// <summary>4096 x 4096 pixels, 3000 frames.</summary>
    public static DecodeLimits Default { get; } = new();

    /// <summary>Largest width in pixels; default 4096.</summary>
    public int MaxWidth { get; init; } = 4096;

    /// <summary>Largest height in pixels; default 4096.</summary>
    public int MaxHeight { get; init; } = 4096;

    /// <summary>Largest number of frames; default 3000.</summary>
    public int MaxFrames { get; init; } = 3000;

    /// <summary>Fails if a picture is larger than allowed or has no pixels.</summary>
    /// <exception cref="MediaException">Naming <paramref name="name"/>, its size and the limit.</exception>
    internal void RequireSize(int width, int height, string name)
    {
        if (width < 1 || height < 1)
            throw new MediaException($"{name} has no pixels ({width}x{height}).");
        if (width > MaxWidth || height > MaxHeight)
            throw new MediaException($"{name} is {width}x{height} pixels, larger than the limit of {MaxWidth}x{MaxHeight}. Scale it down first.");
    }

    /// <summary>Fails if there are more frames than allowed.</summary>
    internal void RequireFrameCount(int frames, string name)
    {
        if (frames > MaxFrames)
            throw new MediaException($"{name} has {frames} frames, more than the limit of {MaxFrames}. Cut it to a shorter clip first.");
    }
}
