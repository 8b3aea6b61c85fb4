using StableVideo.Atlas.Solving;
using StableVideo.Imaging;

namespace StableVideo.Atlas.Masks;

/// <summary>The foreground masks of a clip: at the solver's size, and at the frames' own size where the user gave them.</summary>
/// <param name="Solve">One per frame, [h, w, 1] 0..255, slightly soft.</param>
/// <param name="Given">One per frame at frame size; null where the masks were found at the solver's size.</param>
internal sealed record ClipMasks(Raster<byte>[] Solve, IReadOnlyList<Raster<byte>>? Given)
{
    /// <summary>Softening of hard mask edges, in pixels.</summary>
    public const double EdgeSoftness = 1;

    /// <summary>Checks what the user gave.</summary>
    /// <exception cref="AtlasException">Wrong count or size, or no foreground, or no background.</exception>
    public static void Check(IReadOnlyList<Raster<byte>> masks, IReadOnlyFrameSequence frames)
    {
        if (masks.Count != 1 && masks.Count != frames.Count)
            throw new AtlasException($"Mask video has {masks.Count} frames but the clip has {frames.Count}. Give one mask per frame, or a single image for frame 0.");
        var (inside, all) = (0L, 0L);
        for (var t = 0; t < masks.Count; t++)
        {
            var mask = masks[t];
            if (mask.Width != frames.Width || mask.Height != frames.Height)
                throw new AtlasException($"Mask {t} is {mask.Width}x{mask.Height} but the clip is {frames.Width}x{frames.Height}. Give masks of the clip's size.");
            if (mask.Channels != 1)
                throw new AtlasException($"Mask {t} has {mask.Channels} channels. Masks have one: white marks the foreground.");
            inside += MaskOps.Area(mask);
            all += (long)mask.Width * mask.Height;
        }

        if (inside == 0)
            throw new AtlasException(masks.Count == 1
                ? "The mask of frame 0 is black: paint the object to edit white."
                : "The mask is black in every frame: the object to edit must be white.");
        if (inside == all)
            throw new AtlasException("The mask is white everywhere: the background must be black.");
    }

    /// <summary>Checks frames that were marked.</summary>
    /// <exception cref="AtlasException">No such frame, one that is marked twice, a wrong size, or no foreground, or no background.</exception>
    public static void Check(IReadOnlyList<MarkedFrame> marks, IReadOnlyFrameSequence frames)
    {
        foreach (var (frame, mask) in marks)
        {
            if (frame < 0 || frame >= frames.Count)
                throw new AtlasException($"Frame {frame} is marked but the clip's {frames.Count} frames are numbered 0 to {frames.Count - 1}.");
            if (marks.Count(mark => mark.Frame == frame) > 1)
                throw new AtlasException($"Frame {frame} is marked twice. Mark it once.");
            if ((mask.Width, mask.Height, mask.Channels) != (frames.Width, frames.Height, 1))
                throw new AtlasException($"The mark of frame {frame} is {mask.Width}x{mask.Height} with {mask.Channels} channels but the clip is {frames.Width}x{frames.Height}. Give one channel of the clip's size.");
            var area = MaskOps.Area(mask);
            if (area == 0)
                throw new AtlasException($"The mark of frame {frame} is black: paint the object to edit white.");
            if (area == mask.Width * mask.Height)
                throw new AtlasException($"The mark of frame {frame} is white everywhere: the background must be black.");
        }
    }

    /// <summary>One mask per frame, as given.</summary>
    public static ClipMasks FromGiven(IReadOnlyList<Raster<byte>> masks, SolveClip clip)
    {
        var solve = new Raster<byte>[masks.Count];
        Parallel.For(0, solve.Length, t =>
            solve[t] = Resample.GaussianBlur(Resample.Resize(masks[t], clip.Width, clip.Height, ResampleFilter.Area), EdgeSoftness));
        return new ClipMasks(solve, masks);
    }

    /// <summary>Masks found at the solver's size.</summary>
    public static ClipMasks FromSolve(IEnumerable<Raster<byte>> masks) => new([.. masks.Select(m => Resample.GaussianBlur(m, EdgeSoftness))], null);
}
