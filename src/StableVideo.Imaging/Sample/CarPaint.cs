using System.Numerics;

namespace StableVideo.Imaging;

/// <summary>Colour and gloss of a point of the car.</summary>
internal readonly record struct Material(Vector3 Albedo, float Gloss, Vector3 Normal);

/// <summary>Paint of the sample car: lacquer with door lines, glass, lights, tyres; a little dirt and wear everywhere, so that motion can be tracked.</summary>
internal sealed class CarPaint(int seed)
{
    private static readonly Vector3 Lacquer = new(78, 122, 160);
    private static readonly Vector3 Glass = new(34, 42, 50);
    private static readonly Vector3 Rubber = new(34, 34, 36);
    private static readonly Vector3 Trim = new(44, 45, 48);
    private static readonly Vector3 Chrome = new(196, 200, 204);

    private readonly int noiseSeed = (seed * 1000) + 800;

    /// <summary>Material at a point given in the car's frame and the part's paint coordinates, both metres.</summary>
    public Material At(CarPart part, Vector2 paint, Vector3 position, Vector3 normal) => part switch
    {
        CarPart.BodySide => BodySide(paint, normal.Z),
        CarPart.CabinSide => CabinSide(paint, normal.Z),
        CarPart.BodyRim => BodyRim(position, normal),
        CarPart.CabinRim => CabinRim(position, normal),
        CarPart.WheelFace => WheelFace(paint, normal),
        CarPart.WheelTread => new(Rubber * (0.7f + (0.5f * Noise.Value(paint.X * 14, paint.Y * 20, noiseSeed))), 0.02f, normal),
        _ => new(new(12, 12, 13), 0, normal),
    };

    private Material BodySide(Vector2 p, float side)
    {
        // The flat side is shaded as if pressed: a shoulder that looks up, a flank that looks down a little, a sill that flares.
        var lean = (0.42f * Noise.Step(0.70f, 0.80f, p.Y)) - 0.10f + (0.30f * Noise.Step(0.40f, 0.33f, p.Y));
        var colour = Dirty(Lacquer, p, 0.62f);
        var arch = CarMesh.Axles.Min(axle => MathF.Abs(Vector2.Distance(p, new(axle, CarMesh.WheelHeight)) - CarMesh.ArchRadius - 0.035f));
        lean += 0.25f * Noise.Step(0.035f, 0.01f, arch);
        var gloss = 0.30f;

        Paint(ref colour, Trim, Noise.Step(0.36f, 0.33f, p.Y));
        Paint(ref colour, Trim, Noise.Step(0.026f, 0.018f, MathF.Abs(p.Y - 0.55f)) * Noise.Step(1.80f, 1.78f, MathF.Abs(p.X)));
        foreach (var line in (ReadOnlySpan<float>)[0.80f, -0.22f, -1.06f])
            Paint(ref colour, colour * 0.30f, Noise.Step(0.016f, 0.008f, MathF.Abs(p.X - line - (line < -1 ? 0.25f * (p.Y - 0.9f) : 0))) * Noise.Step(0.36f, 0.38f, p.Y));
        foreach (var handle in (ReadOnlySpan<float>)[-0.06f, -0.92f])
            Paint(ref colour, Chrome * (0.6f + (4 * (p.Y - 0.84f))), Box(p, new(handle + 0.02f, 0.855f), new(0.095f, 0.020f), 0.008f));
        Paint(ref colour, new(236, 238, 230), Box(p, new(2.10f, 0.66f), new(0.20f, 0.055f), 0.02f));
        Paint(ref colour, new(226, 132, 40), Box(p, new(1.84f, 0.66f), new(0.035f, 0.03f), 0.01f));
        Paint(ref colour, new(172, 28, 30), Box(p, new(-2.12f, 0.79f), new(0.17f, 0.075f), 0.02f));
        Paint(ref colour, colour * 0.4f, Noise.Step(0.045f, 0.038f, Vector2.Distance(p, new(-1.62f, 0.86f))) * Noise.Step(0.032f, 0.039f, Vector2.Distance(p, new(-1.62f, 0.86f))));
        return new(colour, gloss, Vector3.Normalize(new(0.04f * p.X, lean, side)));
    }

    private Material CabinSide(Vector2 p, float side)
    {
        var normal = Vector3.Normalize(new(0.05f * p.X, 0.36f, side));
        var colour = Dirty(Lacquer, p, 0.4f);
        var front = 1.00f - ((p.Y - 1.0f) * 1.75f);
        var rear = -1.46f + ((p.Y - 1.0f) * 1.25f);
        var inside = Noise.Step(1.02f, 1.032f, p.Y) * Noise.Step(1.385f, 1.373f, p.Y) * Noise.Step(front, front - 0.012f, p.X) * Noise.Step(rear, rear + 0.012f, p.X);
        var pillars = Math.Max(Noise.Step(0.050f, 0.040f, MathF.Abs(p.X + 0.22f)), Noise.Step(0.030f, 0.022f, MathF.Abs(p.X + 1.02f)));
        var mirror = Noise.Step(0.020f, 0.012f, MathF.Abs(p.X - 0.56f));
        var glass = inside * (1 - Math.Max(pillars, mirror));
        Paint(ref colour, Trim, inside);
        Paint(ref colour, Interior(p), glass);
        Paint(ref colour, Lacquer * 0.92f, Box(p, new(0.62f, 1.045f), new(0.085f, 0.05f), 0.02f));
        return new(colour, Noise.Mix(0.30f, 0.55f, glass), normal);
    }

    /// <summary>What shows through the side glass: seats and their head rests against the dark.</summary>
    private Vector3 Interior(Vector2 p)
    {
        var colour = Glass * (0.9f + (0.4f * Noise.Fractal(p.X * 3, p.Y * 5, 2, noiseSeed + 1)));
        foreach (var seat in (ReadOnlySpan<float>)[0.02f, -0.80f])
        {
            Paint(ref colour, new(84, 74, 66), 0.6f * Noise.Step(1.05f, 0.95f, (new Vector2(p.X - seat, p.Y - 1.02f) / new Vector2(0.12f, 0.15f)).Length()));
            Paint(ref colour, new(76, 68, 62), 0.6f * Noise.Step(1.08f, 0.95f, (new Vector2(p.X - seat + 0.02f, p.Y - 1.235f) / new Vector2(0.055f, 0.055f)).Length()));
        }

        Paint(ref colour, new(20, 20, 22), 0.8f * Noise.Step(0.025f, 0.015f, MathF.Abs(Vector2.Distance(p, new(0.52f, 1.05f)) - 0.11f)));
        return colour;
    }

    private Material BodyRim(Vector3 p, Vector3 normal)
    {
        var across = MathF.Abs(p.Z);
        var colour = Dirty(Lacquer, new(p.X + p.Y, p.Z), 0.3f);
        if (p.Y < 0.74f && normal.Y < 0.3f && MathF.Abs(p.X) < 2)
            return new(new(14, 14, 15), 0, normal);
        if (p.X > 1.9f)
        {
            Paint(ref colour, Trim, Box(new(p.Z, p.Y), new(0, 0.62f), new(0.42f, 0.07f), 0.01f));
            Paint(ref colour, Chrome * (0.6f + (0.4f * MathF.Round(0.5f + (0.5f * MathF.Sin(p.Y * 160))))), Box(new(p.Z, p.Y), new(0, 0.62f), new(0.39f, 0.05f), 0.01f));
            Paint(ref colour, new(238, 240, 234), Box(new(across, p.Y), new(0.64f, 0.65f), new(0.16f, 0.065f), 0.02f));
            Paint(ref colour, new(230, 232, 226), Box(new(p.Z, p.Y), new(0, 0.44f), new(0.27f, 0.055f), 0.01f));
            Paint(ref colour, Trim, Noise.Step(0.36f, 0.33f, p.Y));
        }
        else if (p.X < -1.95f)
        {
            Paint(ref colour, new(180, 26, 28), Box(new(across, p.Y), new(0.66f, 0.79f), new(0.17f, 0.08f), 0.02f));
            Paint(ref colour, new(230, 232, 226), Box(new(p.Z, p.Y), new(0, 0.66f), new(0.27f, 0.055f), 0.01f));
            Paint(ref colour, Trim, Noise.Step(0.40f, 0.36f, p.Y));
        }
        else
        {
            Paint(ref colour, colour * 0.4f, Noise.Step(0.014f, 0.007f, MathF.Abs(across - 0.66f)));
            Paint(ref colour, Trim, Noise.Step(0.05f, 0.03f, MathF.Abs(p.X - 1.16f)) * Noise.Step(0.62f, 0.6f, across));
        }

        return new(colour, 0.30f, normal);
    }

    private Material CabinRim(Vector3 p, Vector3 normal)
    {
        var colour = Dirty(Lacquer, new(p.X, p.Z), 0.25f);
        var half = CarMesh.CabinHalfWidth(p.Y) - 0.10f;
        var pane = Noise.Step(half, half - 0.02f, MathF.Abs(p.Z)) * Noise.Step(1.39f, 1.37f, p.Y) * Noise.Step(1.00f, 1.03f, p.Y);
        var glass = MathF.Abs(normal.X) > 0.25f ? pane : 0;
        Paint(ref colour, Glass * (0.9f + (0.3f * Noise.Fractal(p.Z * 4, p.Y * 4, 2, noiseSeed + 2))), glass);
        return new(colour, Noise.Mix(0.30f, 0.55f, glass), normal);
    }

    private Material WheelFace(Vector2 p, Vector3 normal)
    {
        var radius = p.Length();
        var angle = MathF.Atan2(p.Y, p.X);
        var wear = 0.75f + (0.5f * Noise.Fractal(p.X * 16, p.Y * 16, 2, noiseSeed + 3));
        var colour = Rubber * wear;
        Paint(ref colour, new(120, 120, 118), Noise.Step(0.012f, 0.006f, MathF.Abs(radius - 0.285f)) * Noise.Step(0.2f, 0.3f, MathF.Sin(angle * 3)));
        if (radius > 0.235f)
            return new(colour, 0.03f, normal);
        var spoke = MathF.Abs(MathF.IEEERemainder(angle, MathF.Tau / 5)) * Math.Max(radius, 0.05f);
        var metal = Math.Max(Noise.Step(0.035f, 0.028f, spoke), Math.Max(Noise.Step(0.070f, 0.062f, radius), Noise.Step(0.200f, 0.208f, radius)));
        colour = Vector3.Lerp(new(26, 26, 28), Chrome * (0.62f + (0.35f * wear)), metal);
        Paint(ref colour, Lacquer * 0.8f, Noise.Step(0.034f, 0.028f, radius));
        return new(colour, 0.12f * metal, Vector3.Normalize(normal + new Vector3(0.5f * p.X, 0.5f * p.Y, 0)));
    }

    /// <summary>Lacquer with fine mottling, and road dirt towards the sill.</summary>
    private Vector3 Dirty(Vector3 colour, Vector2 p, float amount)
    {
        var mottle = 0.86f + (0.28f * Noise.Fractal(p.X * 11, p.Y * 11, 4, noiseSeed + 4));
        var splash = Noise.Fractal(p.X * 12, p.Y * 14, 4, noiseSeed + 5);
        var dirt = amount * Noise.Step(0.35f, 0.95f, splash + (1.6f * (0.45f - p.Y)));
        return Vector3.Lerp(colour * mottle, new(132, 118, 96), Math.Clamp(dirt, 0, 0.7f));
    }

    private static void Paint(ref Vector3 colour, Vector3 with, float cover) => colour = Vector3.Lerp(colour, with, Math.Clamp(cover, 0, 1));

    private static float Box(Vector2 p, Vector2 centre, Vector2 half, float soft)
    {
        var d = Vector2.Abs(p - centre) - half;
        return Noise.Step(soft, 0, Math.Max(d.X, d.Y));
    }
}
