using StableVideo.Imaging;

namespace StableVideo.Atlas.Tests;

/// <summary>
/// A clip with exact truth: a camera that pans and zooms over a textured plane, and a textured disc that travels, turns and bends.
/// Truth is the disc's own texture coordinate of every pixel.
/// </summary>
internal sealed class SyntheticClip
{
    public const int Width = 192;
    public const int Height = 128;
    public const float Radius = 34;

    public SyntheticClip(int frames, bool objectMoves = true, bool cameraMoves = true)
    {
        Frames = new Raster<byte>[frames];
        Masks = new Raster<byte>[frames];
        Truth = new Raster<float>[frames];
        Parallel.For(0, frames, t => Render(t, (float)t / Math.Max(1, frames - 1), objectMoves, cameraMoves));
    }

    public Raster<byte>[] Frames { get; }

    public Raster<byte>[] Masks { get; }

    /// <summary>[H, W, 2]: texture coordinates of the disc; meaningless outside the mask.</summary>
    public Raster<float>[] Truth { get; }

    private void Render(int t, float s, bool objectMoves, bool cameraMoves)
    {
        var frame = Frames[t] = new Raster<byte>(Width, Height, 3);
        var mask = Masks[t] = new Raster<byte>(Width, Height, 1);
        var truth = Truth[t] = new Raster<float>(Width, Height, 2);
        float camera = cameraMoves ? s : 0, own = objectMoves ? s : 0;
        float zoom = 1 + (0.08f * camera), panX = 26 * camera, panY = 6 * MathF.Sin(3 * camera);
        float centreX = 62 + (62 * own), centreY = 64 - (8 * MathF.Sin(5 * own)), angle = 0.5f * MathF.Sin(3 * own), size = 1 + (0.15f * MathF.Sin(3 * own));
        Span<float> colour = stackalloc float[3];
        Span<float> back = stackalloc float[3];
        for (var y = 0; y < Height; y++)
        {
            for (var x = 0; x < Width; x++)
            {
                float px = x + 0.5f, py = y + 0.5f;
                Texture((px / zoom) + panX, (py / zoom) + panY, 1, back);
                float dx = (px - centreX) / size, dy = (py - centreY) / size;
                float u = (dx * MathF.Cos(angle)) + (dy * MathF.Sin(angle)), v = (dy * MathF.Cos(angle)) - (dx * MathF.Sin(angle));
                (u, v) = (u + (3 * own * MathF.Sin(v / 18)), v + (2.5f * own * MathF.Sin(u / 20)));
                (truth[x, y, 0], truth[x, y, 1]) = (u, v);
                var alpha = Math.Clamp(Radius - MathF.Sqrt((u * u) + (v * v)) + 0.5f, 0, 1);
                Texture(u + 500, v + 300, 7, colour);
                mask[x, y] = (byte)((alpha * 255) + 0.5f);
                for (var c = 0; c < 3; c++)
                    frame[x, y, c] = (byte)Math.Clamp(back[c] + (alpha * (colour[c] - back[c])) + 0.5f, 0, 255);
            }
        }
    }

    /// <summary>Smooth noise of three octaves, another for every seed.</summary>
    private static void Texture(float x, float y, uint seed, Span<float> rgb)
    {
        for (var c = 0; c < 3; c++)
        {
            var own = seed + (uint)(c * 31);
            rgb[c] = 128 + (110 * ((0.5f * Noise(x / 23, y / 23, own)) + (0.35f * Noise(x / 9, y / 9, own + 5)) + (0.25f * Noise(x / 4.5f, y / 4.5f, own + 9))));
        }
    }

    private static float Noise(float x, float y, uint seed)
    {
        int i = (int)MathF.Floor(x), j = (int)MathF.Floor(y);
        float fx = x - i, fy = y - j;
        fx = fx * fx * (3 - (2 * fx));
        fy = fy * fy * (3 - (2 * fy));
        var upper = Hash(i, j, seed) + (fx * (Hash(i + 1, j, seed) - Hash(i, j, seed)));
        var lower = Hash(i, j + 1, seed) + (fx * (Hash(i + 1, j + 1, seed) - Hash(i, j + 1, seed)));
        return upper + (fy * (lower - upper));
    }

    private static float Hash(int x, int y, uint seed)
    {
        var h = ((uint)x * 374761393u) + ((uint)y * 668265263u) + (seed * 2246822519u);
        h = (h ^ (h >> 13)) * 1274126177u;
        return ((h ^ (h >> 16)) / (float)uint.MaxValue * 2) - 1;
    }
}
