namespace StableVideo.Editing;

/// <summary>The size at which a picture goes through an image model.</summary>
public static class WorkingSize
{
    /// <summary>Shorter side = <paramref name="side"/> (the reference resizes so), both rounded to multiples of <paramref name="multiple"/>.</summary>
    public static (int Width, int Height) ByShorterSide(int width, int height, int side, int multiple)
    {
        var scale = (double)side / Math.Min(width, height);
        return (Round(width * scale, multiple), Round(height * scale, multiple));
    }

    /// <summary>Same number of pixels as a square of <paramref name="side"/>, both sides rounded to multiples of <paramref name="multiple"/>: for crops of any shape.</summary>
    public static (int Width, int Height) ByArea(int width, int height, int side, int multiple)
    {
        var scale = side / Math.Sqrt((double)width * height);
        return (Round(width * scale, multiple), Round(height * scale, multiple));
    }

    private static int Round(double size, int multiple) => Math.Max(multiple, (int)Math.Round(size / multiple) * multiple);
}
