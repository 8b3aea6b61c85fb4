using StableVideo.Imaging;

namespace StableVideo.EndToEnd.Tests;

/// <summary>Measures decoded videos.</summary>
internal static class Footage
{
    /// <summary>All frames of a clip.</summary>
    public static async Task<IReadOnlyList<Raster<byte>>> ReadAsync(string path)
    {
        List<Raster<byte>> frames = [];
        await foreach (var frame in VideoReader.ReadAsync(path, new VideoReadOptions(), TestContext.Current.CancellationToken)) frames.Add(frame);
        return frames;
    }

    /// <summary>Mean colour (R, G, B, 0..255) where the mask is clearly inside or clearly outside.</summary>
    public static (double R, double G, double B) MeanColour(Raster<byte> frame, Raster<byte> mask, bool inside)
    {
        double r = 0, g = 0, b = 0;
        var count = 0;
        for (var y = 0; y < frame.Height; y++)
        {
            for (var x = 0; x < frame.Width; x++)
            {
                if (inside ? mask[x, y] < 250 : mask[x, y] > 5) continue;
                r += frame[x, y, 0];
                g += frame[x, y, 1];
                b += frame[x, y, 2];
                count++;
            }
        }

        return (r / count, g / count, b / count);
    }

    /// <summary>How red a colour is: R over the mean of G and B, in grey levels.</summary>
    public static double Redness((double R, double G, double B) colour) => colour.R - ((colour.G + colour.B) / 2);
}
