namespace StableVideo.Imaging;

/// <summary>Options of <see cref="VideoReader"/>.</summary>
public sealed record VideoReadOptions
{
    /// <summary>Largest input accepted.</summary>
    public DecodeLimits Limits { get; init; } = DecodeLimits.Default;

    /// <summary>Stop after this many frames; null for all. A clip cut this way is measured against the limits by what is read.</summary>
    public int? MaxFrames { get; init; }

    /// <summary>Scale frames to this size (area average); null for the video's own size.</summary>
    public (int Width, int Height)? Size { get; init; }

    /// <summary>Constant frame rate of the result; null for the video's own (24 for a folder of images).</summary>
    public FrameRate? Rate { get; init; }

    /// <summary>True to yield rasters that are overwritten once the next frame is asked for; false (default) for a new raster per frame.</summary>
    public bool ReuseFrames { get; init; }
}
