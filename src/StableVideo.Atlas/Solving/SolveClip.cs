using StableVideo.Imaging;

namespace StableVideo.Atlas.Solving;

/// <summary>The clip at the size the solver works on, held in memory: RGB and grey.</summary>
internal sealed class SolveClip
{
    private SolveClip(IReadOnlyFrameSequence frames, int width, int height)
    {
        (FrameWidth, FrameHeight, Width, Height) = (frames.Width, frames.Height, width, height);
        Rgb = new Raster<byte>[frames.Count];
        Gray = new Raster<byte>[frames.Count];
    }

    public int Count => Rgb.Length;

    /// <summary>Width of the clip's own frames.</summary>
    public int FrameWidth { get; }

    /// <summary>Height of the clip's own frames.</summary>
    public int FrameHeight { get; }

    /// <summary>Width of the solver's frames.</summary>
    public int Width { get; }

    /// <summary>Height of the solver's frames.</summary>
    public int Height { get; }

    /// <summary>Frame pixels per solver pixel, along x.</summary>
    public float ScaleX => (float)FrameWidth / Width;

    /// <summary>Frame pixels per solver pixel, along y.</summary>
    public float ScaleY => (float)FrameHeight / Height;

    /// <summary>Frame pixels per solver pixel, for lengths.</summary>
    public float Unit => MathF.Sqrt(ScaleX * ScaleY);

    public Raster<byte>[] Rgb { get; }

    public Raster<byte>[] Gray { get; }

    public static SolveClip Load(IReadOnlyFrameSequence frames, int divisor)
    {
        var clip = new SolveClip(frames, (frames.Width + divisor - 1) / divisor, (frames.Height + divisor - 1) / divisor);
        for (var t = 0; t < frames.Count; t++)
        {
            clip.Rgb[t] = divisor == 1 ? frames[t].Clone() : Resample.Resize(frames[t], clip.Width, clip.Height, ResampleFilter.Area);
            clip.Gray[t] = Colour.ToGray(clip.Rgb[t]);
        }

        return clip;
    }
}
