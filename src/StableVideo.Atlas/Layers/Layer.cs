using StableVideo.Imaging;

namespace StableVideo.Atlas;

/// <summary>One layer of a decomposition: its atlas and where each frame's pixels lie in it.</summary>
public sealed class Layer
{
    /// <summary>Puts a layer together.</summary>
    /// <param name="map">The UV mapping of all frames.</param>
    /// <param name="atlas">RGB, 0..255.</param>
    /// <param name="coverage">1 channel of the atlas' size: 255 where frames have been seen, 0 where the atlas was filled in.</param>
    public Layer(UvMap map, Raster<byte> atlas, Raster<byte> coverage)
    {
        ArgumentNullException.ThrowIfNull(map);
        ArgumentNullException.ThrowIfNull(atlas);
        ArgumentNullException.ThrowIfNull(coverage);
        if (atlas.Channels != 3)
            throw new ArgumentException($"An atlas is RGB, got {atlas.Channels} channels.", nameof(atlas));
        if (coverage.Channels != 1 || coverage.Width != atlas.Width || coverage.Height != atlas.Height)
            throw new ArgumentException($"Coverage must be {atlas.Width}x{atlas.Height}x1, got {coverage.Width}x{coverage.Height}x{coverage.Channels}.", nameof(coverage));
        (Map, Atlas, Coverage) = (map, atlas, coverage);
    }

    /// <summary>The UV mapping of all frames.</summary>
    public UvMap Map { get; }

    /// <summary>The atlas, RGB 0..255.</summary>
    public Raster<byte> Atlas { get; }

    /// <summary>1 channel: 255 where frames have been seen, 0 where the atlas was filled in.</summary>
    public Raster<byte> Coverage { get; }

    /// <summary>Width of the atlas in pixels.</summary>
    public int AtlasWidth => Atlas.Width;

    /// <summary>Height of the atlas in pixels.</summary>
    public int AtlasHeight => Atlas.Height;

    /// <summary>Where every pixel of a frame lies in the atlas, in continuous atlas pixels.</summary>
    /// <param name="frame">0 .. frame count - 1.</param>
    /// <param name="uv">[H, W, 2] of any size; it always covers the whole frame.</param>
    public void FillUv(int frame, Raster<float> uv) => Map.Fill(frame, uv);
}
