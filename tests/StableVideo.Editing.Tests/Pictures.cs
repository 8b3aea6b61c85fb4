using StableVideo.Imaging;

namespace StableVideo.Editing.Tests;

/// <summary>Small made-up pictures.</summary>
internal static class Pictures
{
    public static Raster<float> Filled(int width, int height, params float[] colour)
    {
        var result = new Raster<float>(width, height, colour.Length);
        for (var i = 0; i < result.Data.Length; i++)
            result.Data[i] = colour[i % colour.Length];
        return result;
    }

    public static Raster<float> Drawn(int width, int height, int channels, Func<int, int, int, float> value)
    {
        var result = new Raster<float>(width, height, channels);
        for (var y = 0; y < height; y++)
        {
            for (var x = 0; x < width; x++)
            {
                for (var c = 0; c < channels; c++)
                    result[x, y, c] = value(x, y, c);
            }
        }

        return result;
    }

    /// <summary>A smooth picture with some fine texture, 20..235.</summary>
    public static Raster<byte> Textured(int width, int height, int seed = 1)
    {
        var random = new Random(seed);
        var noise = Drawn(width, height, 1, (_, _, _) => random.NextSingle() - 0.5f);
        return Drawn(width, height, 3, (x, y, c) => 128 + (50 * MathF.Sin((x * 0.11f) + c)) + (40 * MathF.Cos((y * 0.07f) - c)) + (30 * noise[x, y])).ToBytes();
    }

    public static double MeanDifference(Raster<float> a, Raster<float> b) => a.Data.Zip(b.Data, (x, y) => Math.Abs(x - y)).Average();

    public static double MeanDifference(Raster<byte> a, Raster<byte> b) => MeanDifference(a.ToFloat(), b.ToFloat());
}
