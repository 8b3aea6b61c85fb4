namespace StableVideo.Imaging;

/// <summary>An axis-aligned box of whole pixels: columns <c>X .. X + Width - 1</c>, rows <c>Y .. Y + Height - 1</c>.</summary>
public readonly record struct PixelBox(int X, int Y, int Width, int Height)
{
    /// <summary>First column right of the box.</summary>
    public int Right => X + Width;

    /// <summary>First row below the box.</summary>
    public int Bottom => Y + Height;

    /// <summary>The box grown by <paramref name="border"/> pixels on every side and clipped to a picture of the given size.</summary>
    public PixelBox Grow(int border, int pictureWidth, int pictureHeight)
    {
        var left = Math.Max(0, X - border);
        var top = Math.Max(0, Y - border);
        return new(left, top, Math.Min(pictureWidth, Right + border) - left, Math.Min(pictureHeight, Bottom + border) - top);
    }
}
