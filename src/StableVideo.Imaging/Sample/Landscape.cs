using System.Numerics;

namespace StableVideo.Imaging;

/// <summary>
/// A painted summer landscape: sky with clouds, mountains, wooded hills, meadow with trees and a fence, a road across.
/// It lies at infinity, so a turning or zooming camera sees it through a similarity.
/// </summary>
internal sealed class Landscape
{
    /// <summary>Share of the picture's height above the horizon.</summary>
    private const float HorizonShare = 0.47f;

    private readonly float unit;
    private readonly int seed;

    /// <param name="width">Width in pixels.</param>
    /// <param name="height">Height in pixels.</param>
    /// <param name="unit">Pixels that a hundredth of the frame height takes.</param>
    /// <param name="seed">Chooses hills, clouds and trees.</param>
    public Landscape(int width, int height, float unit, int seed)
    {
        (this.unit, this.seed) = (unit, seed * 1000);
        Horizon = height * HorizonShare;
        Picture = new Raster<float>(width, height, 3);
        Rows.For(height, y =>
        {
            var row = Picture.Row(y);
            for (var x = 0; x < width; x++)
                Store(row, x, y + 0.5f < Horizon ? Sky(x + 0.5f, y + 0.5f) : Ground(x + 0.5f, y + 0.5f));
        });
        new Woods(Picture, unit, seed).Plant(Horizon, RoadTop);
    }

    /// <summary>[H, W, 3], 0..255.</summary>
    public Raster<float> Picture { get; }

    /// <summary>Row of the horizon.</summary>
    public float Horizon { get; }

    /// <summary>First row of the road.</summary>
    public float RoadTop => Horizon + (20 * unit);

    private float RoadBottom => Horizon + (40 * unit);

    internal static void Store(Span<float> row, int x, Vector3 colour)
        => (row[3 * x], row[(3 * x) + 1], row[(3 * x) + 2]) = (Math.Clamp(colour.X, 0, 255), Math.Clamp(colour.Y, 0, 255), Math.Clamp(colour.Z, 0, 255));

    private Vector3 Sky(float x, float y)
    {
        var (u, v) = (x / unit, (Horizon - y) / unit);
        var colour = Vector3.Lerp(new(218, 226, 230), new(92, 142, 205), MathF.Pow(Math.Clamp(v / 52, 0, 1), 0.7f));
        var (cloudX, cloudY) = (u * 0.034f, v * 0.075f);
        var cloud = Noise.Fractal(cloudX, cloudY, 6, seed + 1);
        var light = Noise.Fractal(cloudX - 0.06f, cloudY + 0.13f, 6, seed + 1);
        var cover = Noise.Step(0.47f, 0.63f, cloud) * Noise.Step(8, 24, v);
        var white = new Vector3(250, 249, 246) - (new Vector3(75, 68, 56) * Math.Clamp(((light - cloud) * 3.2f) + 0.30f, 0, 1));
        colour = Vector3.Lerp(colour, white, cover * 0.94f);

        var ridge = 3 + (19 * Noise.Fractal(u * 0.021f, 0.5f, 5, seed + 10));
        if (v < ridge)
            colour = Mountain(u, v, ridge);
        var hill = 1.5f + (9 * Noise.Fractal(u * 0.03f, 7.5f, 4, seed + 20)) + (0.5f * Noise.Value(u * 1.4f, 3, seed + 21));
        return v < hill ? Hill(u, v, hill) : colour;
    }

    private Vector3 Mountain(float u, float v, float ridge)
    {
        var relief = Noise.Fractal(u * 0.11f, v * 0.14f, 5, seed + 11) - Noise.Fractal((u * 0.11f) + 0.05f, (v * 0.14f) - 0.03f, 5, seed + 11);
        var rock = new Vector3(104, 120, 142) + (new Vector3(420, 390, 340) * relief);
        var snow = Noise.Step(0, 4, v - 13.5f + (7 * Noise.Fractal(u * 0.2f, v * 0.2f, 3, seed + 12)) - 3.5f);
        rock = Vector3.Lerp(rock, new Vector3(232, 236, 242) + (new Vector3(150) * relief), snow * 0.8f);
        return Vector3.Lerp(rock, new(196, 208, 219), 0.55f * Noise.Step(ridge, 0, v));
    }

    private Vector3 Hill(float u, float v, float hill)
    {
        var crowns = Noise.Fractal(u * 1.1f, v * 2.2f, 4, seed + 22);
        var patches = Noise.Fractal(u * 0.07f, v * 0.3f, 3, seed + 23);
        var wood = Vector3.Lerp(new(36, 62, 44), new(96, 128, 72), Noise.Step(0.25f, 0.75f, crowns));
        var field = Vector3.Lerp(new(134, 158, 84), new(178, 176, 104), Noise.Fractal(u * 0.4f, v * 2.5f, 3, seed + 24));
        var colour = Vector3.Lerp(wood, field, Noise.Step(0.52f, 0.6f, patches) * Noise.Step(hill, hill - 1.5f, v));
        return Vector3.Lerp(colour, new(168, 186, 196), 0.30f * Noise.Step(0, 9, v));
    }

    private Vector3 Ground(float x, float y)
    {
        var (u, v) = (x / unit, (y - Horizon) / unit);
        if (y < RoadTop)
            return Meadow(u, v, 0);
        if (y > RoadBottom)
            return Meadow(u, v, 1);
        return Road(u, v);
    }

    private Vector3 Meadow(float u, float v, int side)
    {
        // A plane seen in perspective: distance is inverse to the row below the horizon.
        var distance = 40f / (v + 0.6f);
        var (gx, gy) = (u * distance * 0.11f, distance * 6f);
        var broad = Noise.Fractal(gx * 0.25f, gy * 0.35f, 4, seed + 30 + side);
        var fine = Noise.Fractal((u * 1.1f) + (v * 0.4f), (v * (side == 0 ? 2.9f : 1.7f)) - (u * 0.2f), 5, seed + 32 + side);
        var grass = Vector3.Lerp(new(88, 118, 50), new(156, 166, 82), Noise.Step(0.3f, 0.7f, broad));
        grass *= 0.62f + (0.76f * fine);
        var flowers = Noise.Hash((int)MathF.Floor(u * 2.1f), (int)MathF.Floor(v * 3.1f), seed + 35);
        if (flowers > 0.992f && v > 6)
            grass = Vector3.Lerp(grass, flowers > 0.997f ? new(238, 226, 120) : new(240, 240, 238), 0.75f);
        return Vector3.Lerp(grass, new(170, 186, 160), 0.35f * Noise.Step(6, 0, v));
    }

    private Vector3 Road(float u, float v)
    {
        var t = (v - 20) / 20;
        var grain = Noise.Fractal(u * 3.2f, v * 5f, 3, seed + 40);
        var stains = Noise.Fractal(u * 0.12f, v * 0.5f, 4, seed + 41);
        var asphalt = new Vector3(104, 103, 104) * (0.74f + (0.34f * grain)) * (0.82f + (0.36f * stains));
        var crack = MathF.Abs(Noise.Fractal(u * 0.16f, v * 0.4f, 5, seed + 42) - 0.5f);
        asphalt *= 1 - (0.35f * Noise.Step(0.006f, 0.001f, crack));
        var worn = 0.55f + (0.4f * Noise.Fractal(u * 0.8f, v * 1.4f, 3, seed + 43));
        var edge = Line(t, 0.055f, 0.018f) + Line(t, 0.94f, 0.03f);
        var along = (u / 16) - MathF.Floor(u / 16);
        var dash = Line(t, 0.56f, 0.026f) * Noise.Step(0, 0.02f, along) * Noise.Step(0.52f, 0.5f, along);
        asphalt = Vector3.Lerp(asphalt, new(226, 224, 214), Math.Min(1, edge + dash) * worn);
        var ragged = 0.016f * (Noise.Fractal(u * 0.6f, 2, 3, seed + 44) - 0.3f);
        var verge = Math.Max(Noise.Step(0.025f + ragged, ragged, t), Noise.Step(0.975f - ragged, 1 - ragged, t));
        var gravel = new Vector3(150, 138, 112) * (0.7f + (0.5f * Noise.Fractal(u * 2.2f, v * 3, 3, seed + 45)));
        return Vector3.Lerp(asphalt, gravel, verge);
    }

    private static float Line(float t, float centre, float halfWidth) => Noise.Step(halfWidth, halfWidth * 0.6f, MathF.Abs(t - centre));
}
