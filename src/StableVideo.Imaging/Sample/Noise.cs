using System.Runtime.CompilerServices;

namespace StableVideo.Imaging;

/// <summary>Seeded procedural noise, 0..1, the same on every machine.</summary>
internal static class Noise
{
    /// <summary>A uniform random number for a lattice point.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Hash(int x, int y, int seed)
    {
        unchecked
        {
            var h = ((uint)x * 0x8DA6B343u) ^ ((uint)y * 0xD8163841u) ^ ((uint)seed * 0xCB1AB31Fu);
            h = (h ^ (h >> 15)) * 0x2C1B3C6Du;
            h = (h ^ (h >> 12)) * 0x297A2D39u;
            return ((h ^ (h >> 15)) >> 8) * (1f / 16777216f);
        }
    }

    /// <summary>Value noise: lattice numbers joined by a quintic.</summary>
    public static float Value(float x, float y, int seed)
    {
        var (fx, fy) = (MathF.Floor(x), MathF.Floor(y));
        var (ix, iy) = ((int)fx, (int)fy);
        var (u, v) = (Fade(x - fx), Fade(y - fy));
        var top = Mix(Hash(ix, iy, seed), Hash(ix + 1, iy, seed), u);
        var bottom = Mix(Hash(ix, iy + 1, seed), Hash(ix + 1, iy + 1, seed), u);
        return Mix(top, bottom, v);
    }

    /// <summary>Octaves of value noise, each twice as fine and half as strong.</summary>
    public static float Fractal(float x, float y, int octaves, int seed)
    {
        var (sum, weight, total) = (0f, 1f, 0f);
        for (var octave = 0; octave < octaves; octave++)
        {
            sum += weight * Value(x, y, seed + octave);
            total += weight;
            weight *= 0.5f;
            (x, y) = ((2 * x) + 17.3f, (2 * y) + 5.7f);
        }

        return sum / total;
    }

    public static float Mix(float a, float b, float t) => a + ((b - a) * t);

    /// <summary>0 below <paramref name="low"/>, 1 above <paramref name="high"/>, smooth between (either order).</summary>
    public static float Step(float low, float high, float value)
    {
        var t = Math.Clamp((value - low) / (high - low), 0f, 1f);
        return t * t * (3 - (2 * t));
    }

    private static float Fade(float t) => t * t * t * ((t * ((t * 6) - 15)) + 10);
}
