namespace StableVideo.Imaging;

/// <summary>Options of <see cref="VideoWriter"/>.</summary>
public sealed record VideoWriteOptions
{
    /// <summary>A video whose sound is copied (or made AAC where the container can not hold it); null for silence. Ignored where it has no sound.</summary>
    public string? AudioFrom { get; init; }

    /// <summary>Number of frames that will be written, if known: sound is cut to their duration.</summary>
    public int? FrameCount { get; init; }

    /// <summary>Constant rate factor of H.264, 0 (lossless) .. 51; default 16, visually lossless.</summary>
    public int Crf { get; init; } = 16;

    /// <summary>x264 preset; default <c>medium</c>.</summary>
    public string Preset { get; init; } = "medium";

    /// <summary>True for bit-exact frames: FFV1 in a Matroska file (.mkv).</summary>
    public bool Lossless { get; init; }
}
