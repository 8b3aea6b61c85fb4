using StableVideo.Atlas;
using StableVideo.Imaging;

namespace StableVideo.Editing;

/// <summary>
/// A layer ready for composition: its atlas before the edit and, if it was edited, after it, how that follows luminance, what it draws beyond that, and
/// what of it is protected, interleaved so that one look-up fetches all.
/// </summary>
internal sealed class RenderedLayer
{
    private const int Whole = 12;
    private const int WholeProtected = Whole + 1;
    private const float SlopeWindow = 9;    // atlas pixels
    private const float SlopeContrast = 12; // grey levels
    private readonly Layer _layer;
    private readonly Raster<float> _atlas;
    private readonly Raster<float> _sampled;
    private readonly Raster<float> _uv;

    /// <summary>Prepares a layer of frames of <paramref name="width"/> x <paramref name="height"/>.</summary>
    /// <param name="layer">The layer.</param>
    /// <param name="edit">Its atlas after the edit, or <see langword="null"/> when it is kept.</param>
    /// <param name="width">Frame width.</param>
    /// <param name="height">Frame height.</param>
    public RenderedLayer(Layer layer, EditedAtlas? edit, int width, int height)
    {
        _layer = layer;
        _atlas = edit is null ? layer.Atlas.ToFloat() : Interleave(layer, edit.Picture.ToFloat(), edit.Protected);
        _uv = new Raster<float>(width, height, 2);
        _sampled = new Raster<float>(width, height, _atlas.Channels);
    }

    /// <summary>Whether there is an atlas after the edit.</summary>
    public bool Edited => _atlas.Channels >= Whole;

    /// <summary>Index of the protected share, 0..1, in a pixel of <see cref="Row"/>; <see langword="null"/> when nothing is protected.</summary>
    public int? Protected => _atlas.Channels == WholeProtected ? Whole : null;

    /// <summary>Elements per pixel of <see cref="Row"/>: before (3) and, if edited, after (3), slope (3), own drawing (3) and, if a part is protected, its share (1).</summary>
    public int Channels => _atlas.Channels;

    /// <summary>Looks all pixels of a frame up.</summary>
    public void Fetch(int frame)
    {
        _layer.FillUv(frame, _uv);
        AtlasSampler.Sample(_atlas, _uv, _sampled);
    }

    /// <summary>One row of the fetched frame.</summary>
    public ReadOnlySpan<float> Row(int y) => _sampled.Row(y);

    private static Raster<float> Interleave(Layer layer, Raster<float> edited, Raster<float>? keep)
    {
        var original = layer.Atlas.ToFloat();
        if (edited.Width != original.Width || edited.Height != original.Height)
            throw new EditException($"The edited atlas is {edited.Width}x{edited.Height} but the layer's is {original.Width}x{original.Height}. Run the edit again.");
        var coverage = layer.Coverage.ToFloat();
        for (var i = 0; i < coverage.Data.Length; i++)
            coverage.Data[i] /= 255;
        var (slope, offset) = Slopes(original, edited, coverage);
        var luma = Pixels.Luma(original);
        var channels = keep is null ? Whole : WholeProtected;
        var result = new Raster<float>(original.Width, original.Height, channels);
        for (var i = 0; i < coverage.Data.Length; i++)
        {
            for (var c = 0; c < 3; c++)
            {
                var (before, after, a) = (original.Data[(i * 3) + c], edited.Data[(i * 3) + c], slope.Data[(i * 3) + c]);
                result.Data[(i * channels) + c] = before;
                result.Data[(i * channels) + 3 + c] = after;
                result.Data[(i * channels) + 6 + c] = a;
                result.Data[(i * channels) + 9 + c] = after - (a * luma.Data[i]) - offset.Data[(i * 3) + c];
            }

            if (keep is not null)
                result.Data[(i * channels) + Whole] = keep.Data[i];
        }

        return result;
    }

    /// <summary>Slope and offset are smooth: half the atlas' size holds them, at a quarter of the time and memory.</summary>
    private static LocalLinear Slopes(Raster<float> original, Raster<float> edited, Raster<float> coverage)
    {
        var (w, h) = (original.Width, original.Height);
        Raster<float> Halve(Raster<float> full) => Resample.Resize(full, (w + 1) / 2, (h + 1) / 2, ResampleFilter.Area);
        var half = LocalLinear.Fit(Halve(original), Halve(edited), Halve(coverage), SlopeWindow / 2, SlopeContrast);
        return new LocalLinear(Resample.Resize(half.Slope, w, h, ResampleFilter.Bilinear), Resample.Resize(half.Offset, w, h, ResampleFilter.Bilinear));
    }
}

/// <summary>An atlas after the edit.</summary>
/// <param name="Picture">[V,U,3].</param>
/// <param name="Protected">[V,U,1], the share of each pixel that stays as it was filmed, 0..1; <see langword="null"/> where nothing is protected.</param>
internal sealed record EditedAtlas(Raster<byte> Picture, Raster<float>? Protected = null);
