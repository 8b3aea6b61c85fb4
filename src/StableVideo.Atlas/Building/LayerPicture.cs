using StableVideo.Imaging;

namespace StableVideo.Atlas.Building;

/// <summary>A built atlas and the mapping into it.</summary>
internal sealed record LayerPicture(UvMap Map, Raster<float> Atlas)
{
    /// <summary>The layer seen from a frame, RGB 0..255; <paramref name="picture"/> covers the frame at any size.</summary>
    public void Render(int frame, Raster<float> picture)
        => Rows.For(picture.Height, y => RenderRow(frame, y, picture.Width, picture.Height, picture.Row(y)));

    /// <summary>A new picture of the layer seen from a frame.</summary>
    public Raster<float> Render(int frame, int width, int height)
    {
        var picture = new Raster<float>(width, height, 3);
        Render(frame, picture);
        return picture;
    }

    /// <summary>One row of a rendering.</summary>
    public void RenderRow(int frame, int y, int width, int height, Span<float> row)
    {
        var uv = System.Buffers.ArrayPool<float>.Shared.Rent(width * 2);
        Map.FillRow(frame, y, width, height, uv.AsSpan(0, width * 2));
        AtlasSampler.SampleRow(Atlas, uv.AsSpan(0, width * 2), row);
        System.Buffers.ArrayPool<float>.Shared.Return(uv);
    }
}
