using System.IO.Compression;
using StableVideo.Imaging;

namespace StableVideo.Atlas;

/// <summary>
/// A clip as two layered atlases: <c>I_t = gain_t * (alpha_t * Af(UVf_t) + (1 - alpha_t) * Ab(UVb_t))</c>.
/// Stored compactly (global motions, lattices, deflated alpha, PNG atlases, gain), never as dense UV maps.
/// </summary>
public sealed class Decomposition
{
    private readonly byte[][] _alpha;

    /// <summary>Puts a decomposition together.</summary>
    /// <param name="foreground">The moving object.</param>
    /// <param name="background">What lies behind it.</param>
    /// <param name="alpha">Foreground opacity 0..255, [H, W, 1], one per frame.</param>
    /// <param name="gain">Lighting changes.</param>
    /// <param name="metrics">How well the clip is reproduced.</param>
    /// <exception cref="ArgumentException">Sizes or frame counts of the parts differ.</exception>
    public Decomposition(Layer foreground, Layer background, IReadOnlyList<Raster<byte>> alpha, GainField gain, DecompositionMetrics metrics)
        : this(foreground, background, [.. (alpha ?? throw new ArgumentNullException(nameof(alpha))).Select(a => Deflate(a, foreground.Map.Width, foreground.Map.Height))], gain, metrics)
    {
    }

    internal Decomposition(Layer foreground, Layer background, byte[][] deflatedAlpha, GainField gain, DecompositionMetrics metrics)
    {
        ArgumentNullException.ThrowIfNull(foreground);
        ArgumentNullException.ThrowIfNull(background);
        ArgumentNullException.ThrowIfNull(gain);
        ArgumentNullException.ThrowIfNull(metrics);
        (UvMap f, UvMap b) = (foreground.Map, background.Map);
        if (f.Width != b.Width || f.Height != b.Height)
            throw new ArgumentException($"Foreground frames are {f.Width}x{f.Height}, background frames {b.Width}x{b.Height}.");
        if (f.FrameCount != b.FrameCount || f.FrameCount != deflatedAlpha.Length || f.FrameCount != gain.FrameCount)
            throw new ArgumentException($"Foreground has {f.FrameCount} frames, background {b.FrameCount}, alpha {deflatedAlpha.Length}, gain {gain.FrameCount}.");
        (Foreground, Background, _alpha, Gain, Metrics) = (foreground, background, deflatedAlpha, gain, metrics);
    }

    /// <summary>Frame width in pixels.</summary>
    public int Width => Foreground.Map.Width;

    /// <summary>Frame height in pixels.</summary>
    public int Height => Foreground.Map.Height;

    /// <summary>Number of frames.</summary>
    public int FrameCount => _alpha.Length;

    /// <summary>The moving object.</summary>
    public Layer Foreground { get; }

    /// <summary>What lies behind it.</summary>
    public Layer Background { get; }

    /// <summary>Lighting changes, applied to every render.</summary>
    public GainField Gain { get; }

    /// <summary>How well the clip is reproduced.</summary>
    public DecompositionMetrics Metrics { get; }

    /// <summary>Foreground opacity of a frame, a new [Height, Width, 1] raster, 0..255.</summary>
    public Raster<byte> Alpha(int frame)
    {
        var alpha = new Raster<byte>(Width, Height, 1);
        using var inflate = new ZLibStream(new MemoryStream(_alpha[frame], writable: false), CompressionMode.Decompress);
        try
        {
            inflate.ReadExactly(alpha.Data);
        }
        catch (Exception e) when (e is EndOfStreamException or InvalidDataException)
        {
            throw new AtlasException($"The alpha of frame {frame} in the decomposition is damaged. Decompose the clip again.", e);
        }

        return alpha;
    }

    /// <summary>Writes the artifact. The same decomposition gives the same bytes.</summary>
    public void Save(Stream destination) => DecompositionFile.Write(this, destination);

    /// <summary>Reads an artifact that <see cref="Save"/> wrote.</summary>
    /// <exception cref="AtlasException">The stream holds no decomposition, one of another version, or a damaged one.</exception>
    public static Decomposition Load(Stream source) => DecompositionFile.Read(source);

    internal Decomposition WithMetrics(DecompositionMetrics metrics) => new(Foreground, Background, _alpha, Gain, metrics);

    internal ReadOnlySpan<byte> DeflatedAlpha(int frame) => _alpha[frame];

    internal static byte[] Deflate(Raster<byte> alpha, int width, int height)
    {
        if (alpha.Width != width || alpha.Height != height || alpha.Channels != 1)
            throw new ArgumentException($"Alpha must be {width}x{height}x1, got {alpha.Width}x{alpha.Height}x{alpha.Channels}.", nameof(alpha));
        using var packed = new MemoryStream();
        using (var deflate = new ZLibStream(packed, CompressionLevel.Optimal, leaveOpen: true))
            deflate.Write(alpha.Data);
        return packed.ToArray();
    }
}
