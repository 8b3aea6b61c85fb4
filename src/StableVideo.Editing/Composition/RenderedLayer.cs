using StableVideo.Atlas;
using StableVideo.Imaging;

namespace StableVideo.Editing;

/// <summary>
/// A layer ready for composition: its atlas before the edit and, if it was edited, after it and how that follows luminance, interleaved so that one look-up fetches all.
/// </summary>
internal sealed class RenderedLayer
{
    private const int Before = 3;
    private const int BeforeAfterSlope = 9;
    private const float SlopeWindow = 6;    // atlas pixels
    private const float SlopeContrast = 12; // grey levels
    private readonly Layer _layer;
    private readonly Raster<float> _atlas;
    private readonly Raster<float> _sampled;
    private readonly Raster<float> _uv;

    /// <summary>Prepares a layer of frames of <paramref name="width"/> x <paramref name="height"/>.</summary>
    /// <param name="layer">The layer.</param>
    /// <param name="edited">Its atlas after the edit, or <see langword="null"/> when it is kept.</param>
    /// <param name="width">Frame width.</param>
    /// <param name="height">Frame height.</param>
    public RenderedLayer(Layer layer, Raster<byte>? edited, int width, int height)
    {
        _layer = layer;
        _atlas = edited is null ? layer.Atlas.ToFloat() : Interleave(layer, edited.ToFloat());
        _uv = new Raster<float>(width, height, 2);
        _sampled = new Raster<float>(width, height, _atlas.Channels);
    }

    /// <summary>Whether there is an atlas after the edit.</summary>
    public bool Edited => _atlas.Channels == BeforeAfterSlope;

    /// <summary>Elements per pixel of <see cref="Row"/>: before (3) and, if edited, after (3) and slope (3).</summary>
    public int Channels => _atlas.Channels;

    /// <summary>Looks all pixels of a frame up.</summary>
    public void Fetch(int frame)
    {
        _layer.FillUv(frame, _uv);
        AtlasSampler.Sample(_atlas, _uv, _sampled);
    }

    /// <summary>One row of the fetched frame.</summary>
    public ReadOnlySpan<float> Row(int y) => _sampled.Row(y);

    private static Raster<float> Interleave(Layer layer, Raster<float> edited)
    {
        var original = layer.Atlas.ToFloat();
        if (edited.Width != original.Width || edited.Height != original.Height)
            throw new EditException($"The edited atlas is {edited.Width}x{edited.Height} but the layer's is {original.Width}x{original.Height}. Run the edit again.");
        var coverage = layer.Coverage.ToFloat();
        for (var i = 0; i < coverage.Data.Length; i++)
            coverage.Data[i] /= 255;
        var (slope, _) = LocalLinear.Fit(original, edited, coverage, SlopeWindow, SlopeContrast);
        var result = new Raster<float>(original.Width, original.Height, BeforeAfterSlope);
        for (var i = 0; i < coverage.Data.Length; i++)
        {
            original.Data.AsSpan(i * Before, Before).CopyTo(result.Data.AsSpan(i * BeforeAfterSlope));
            edited.Data.AsSpan(i * Before, Before).CopyTo(result.Data.AsSpan((i * BeforeAfterSlope) + 3));
            slope.Data.AsSpan(i * Before, Before).CopyTo(result.Data.AsSpan((i * BeforeAfterSlope) + 6));
        }

        return result;
    }
}
