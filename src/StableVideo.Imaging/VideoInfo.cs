namespace StableVideo.Imaging;

/// <summary>What a video is, as it will be decoded: upright, square pixels, even size, constant frame rate.</summary>
/// <param name="Width">Width of the decoded frames in pixels, even.</param>
/// <param name="Height">Height of the decoded frames in pixels, even.</param>
/// <param name="FrameRate">Frames per second, <see cref="Rate"/> as a number.</param>
/// <param name="Rate">Frames per second as a fraction.</param>
/// <param name="FrameCount">Number of frames; estimated from the duration when <see cref="IsVariableFrameRate"/>; null if unknown.</param>
/// <param name="Duration">Length of the video stream.</param>
/// <param name="HasAudio">True if there is an audio stream.</param>
/// <param name="Rotation">Degrees (0, 90, 180, 270) by which the stored frames are turned clockwise to be upright.</param>
/// <param name="Codec">Name of the codec as ffmpeg has it, <c>images</c> for a folder.</param>
public sealed record VideoInfo(
    int Width, int Height, double FrameRate, FrameRate Rate, int? FrameCount, TimeSpan Duration, bool HasAudio, int Rotation, string Codec)
{
    /// <summary>True if the file's frames are not evenly spaced; they are repeated or dropped to make the rate constant.</summary>
    public bool IsVariableFrameRate { get; init; }

    /// <summary>Codec of the first audio stream; null without one.</summary>
    public string? AudioCodec { get; init; }

    /// <summary>Index of the video stream in the file.</summary>
    internal int StreamIndex { get; init; }

    /// <summary>Filters that turn stored, upright frames into <see cref="Width"/> x <see cref="Height"/>.</summary>
    internal string SizeFilter { get; init; } = string.Empty;

    /// <summary>True if the file does not say its colour matrix and is large enough that BT.709 is what players assume.</summary>
    internal bool AssumeBt709 { get; init; }
}
