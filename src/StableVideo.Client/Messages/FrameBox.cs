namespace StableVideo.Client;

/// <summary>A box in a frame, in pixels of the clip from its upper left corner.</summary>
/// <param name="X">Its first column.</param>
/// <param name="Y">Its first row.</param>
/// <param name="Width">Columns.</param>
/// <param name="Height">Rows.</param>
public sealed record FrameBox(int X, int Y, int Width, int Height)
{
    /// <summary>The frame it lies in, 0-based. Default 0.</summary>
    public int Frame { get; init; }
}
