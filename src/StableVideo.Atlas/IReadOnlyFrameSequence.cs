using StableVideo.Imaging;

namespace StableVideo.Atlas;

/// <summary>
/// The frames of a clip, RGB [Height, Width, 3], all of one size. The decomposition walks them from first to last, several times,
/// so an implementation may decode anew on each walk instead of holding them all.
/// </summary>
public interface IReadOnlyFrameSequence
{
    /// <summary>Number of frames.</summary>
    int Count { get; }

    /// <summary>Width of every frame in pixels.</summary>
    int Width { get; }

    /// <summary>Height of every frame in pixels.</summary>
    int Height { get; }

    /// <summary>Frame <paramref name="index"/> (0 .. Count - 1), RGB. The caller only reads it, and never after asking for the next one.</summary>
    Raster<byte> this[int index] { get; }
}

/// <summary>A clip whose decoded frames lie in memory.</summary>
public sealed class FrameList : IReadOnlyFrameSequence
{
    private readonly IReadOnlyList<Raster<byte>> _frames;

    /// <summary>Wraps <paramref name="frames"/> without copying.</summary>
    /// <exception cref="AtlasException">There is no frame, or their sizes differ, or they are not RGB.</exception>
    public FrameList(IReadOnlyList<Raster<byte>> frames)
    {
        ArgumentNullException.ThrowIfNull(frames);
        if (frames.Count == 0)
            throw new AtlasException("The clip has no frames.");
        (Width, Height) = (frames[0].Width, frames[0].Height);
        for (var t = 0; t < frames.Count; t++)
        {
            if (frames[t].Width != Width || frames[t].Height != Height || frames[t].Channels != 3)
                throw new AtlasException($"Frame {t} is {frames[t].Width}x{frames[t].Height} with {frames[t].Channels} channels, the clip is {Width}x{Height} RGB.");
        }

        _frames = frames;
    }

    /// <inheritdoc/>
    public int Count => _frames.Count;

    /// <inheritdoc/>
    public int Width { get; }

    /// <inheritdoc/>
    public int Height { get; }

    /// <inheritdoc/>
    public Raster<byte> this[int index] => _frames[index];
}
