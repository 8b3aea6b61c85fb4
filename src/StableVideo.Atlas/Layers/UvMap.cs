using StableVideo.Imaging;

namespace StableVideo.Atlas;

/// <summary>
/// A layer's UV mapping as a few numbers: <c>UV_t(x) = G_t x + sum_n N_n(x) d_(t,n)</c>, a global motion per frame plus a small residual on a bilinear lattice.
/// Frame positions are continuous pixels (the first pixel's centre is 0.5), UV are continuous atlas pixels.
/// </summary>
public sealed class UvMap
{
    /// <summary>Lattices are stored in steps of this many atlas pixels.</summary>
    public const float Step = 1f / 256;

    private readonly Homography[] _global;
    private readonly float[] _lattice;

    /// <summary>Wraps a solved mapping.</summary>
    /// <param name="width">Frame width in pixels.</param>
    /// <param name="height">Frame height in pixels.</param>
    /// <param name="spacing">Lattice spacing in frame pixels; nodes lie at multiples of it, the first at 0.</param>
    /// <param name="global">G_t, one per frame.</param>
    /// <param name="lattice">d, [T, Rows, Columns, 2] in atlas pixels.</param>
    /// <exception cref="ArgumentException">The lattice does not fit.</exception>
    public UvMap(int width, int height, float spacing, IReadOnlyList<Homography> global, float[] lattice)
    {
        ArgumentNullException.ThrowIfNull(global);
        ArgumentNullException.ThrowIfNull(lattice);
        ArgumentOutOfRangeException.ThrowIfLessThan(spacing, 1f);
        (Width, Height, Spacing) = (width, height, spacing);
        (Columns, Rows) = (NodeCount(width, spacing), NodeCount(height, spacing));
        if (lattice.Length != checked(global.Count * Columns * Rows * 2))
            throw new ArgumentException($"A lattice of {global.Count} frames of {Columns}x{Rows} nodes needs {global.Count * Columns * Rows * 2} numbers, got {lattice.Length}.", nameof(lattice));
        _global = [.. global];
        _lattice = lattice;
    }

    /// <summary>Frame width in pixels.</summary>
    public int Width { get; }

    /// <summary>Frame height in pixels.</summary>
    public int Height { get; }

    /// <summary>Lattice spacing in frame pixels.</summary>
    public float Spacing { get; }

    /// <summary>Lattice nodes per row.</summary>
    public int Columns { get; }

    /// <summary>Lattice rows.</summary>
    public int Rows { get; }

    /// <summary>Number of frames.</summary>
    public int FrameCount => _global.Length;

    /// <summary>G_t, one per frame.</summary>
    public IReadOnlyList<Homography> Global => _global;

    /// <summary>d, [T, Rows, Columns, 2] in atlas pixels.</summary>
    public ReadOnlySpan<float> Lattice => _lattice;

    /// <summary>How many nodes cover <paramref name="extent"/> pixels.</summary>
    public static int NodeCount(int extent, float spacing) => (int)MathF.Ceiling(extent / spacing) + 1;

    /// <summary>The pure translation by whole atlas: every frame lies at the atlas' own pixels plus an offset. For tests and stills.</summary>
    public static UvMap Still(int width, int height, int frames, double offsetU = 0, double offsetV = 0)
    {
        var global = Enumerable.Repeat(Homography.Identity.Shifted(offsetU, offsetV), frames).ToArray();
        return new UvMap(width, height, 64, global, new float[frames * NodeCount(width, 64) * NodeCount(height, 64) * 2]);
    }

    /// <summary>
    /// Writes where every pixel of <paramref name="frame"/> lies in the atlas.
    /// </summary>
    /// <param name="frame">0 .. FrameCount - 1.</param>
    /// <param name="uv">[h, w, 2]; it always covers the whole frame, at the frame's size or any other.</param>
    public void Fill(int frame, Raster<float> uv)
    {
        ArgumentNullException.ThrowIfNull(uv);
        if (uv.Channels != 2)
            throw new ArgumentException($"UV need 2 channels, got {uv.Channels}.", nameof(uv));
        Parallel.For(0, uv.Height, y => FillRow(frame, y, uv.Width, uv.Height, uv.Row(y)));
    }

    /// <summary>Row <paramref name="y"/> of the UV picture of size <paramref name="width"/> x <paramref name="height"/> that covers the whole frame.</summary>
    public void FillRow(int frame, int y, int width, int height, Span<float> uv)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)frame, (uint)_global.Length, nameof(frame));
        double stepX = (double)Width / width, fy = (y + 0.5) * Height / height;
        FillGlobal(_global[frame], stepX, fy, width, uv);
        AddLattice(frame, (float)stepX, (float)fy, width, uv);
    }

    /// <summary>Where one continuous frame position lies in the atlas.</summary>
    public (double U, double V) At(int frame, double x, double y)
    {
        var (u, v) = _global[frame].Apply(x, y);
        var gx = Math.Clamp(x / Spacing, 0, Columns - 1.0001);
        var gy = Math.Clamp(y / Spacing, 0, Rows - 1.0001);
        int i = (int)gx, j = (int)gy, node = 2 * ((((frame * Rows) + j) * Columns) + i), below = node + (2 * Columns);
        double ax = gx - i, ay = gy - j;
        for (var c = 0; c < 2; c++)
        {
            var d = ((1 - ay) * (((1 - ax) * _lattice[node + c]) + (ax * _lattice[node + 2 + c]))) + (ay * (((1 - ax) * _lattice[below + c]) + (ax * _lattice[below + 2 + c])));
            if (c == 0)
                u += d;
            else
                v += d;
        }

        return (u, v);
    }

    private static void FillGlobal(in Homography g, double stepX, double fy, int width, Span<float> uv)
    {
        double u0 = (g.M1 * fy) + g.M2, v0 = (g.M4 * fy) + g.M5, w0 = (g.M7 * fy) + g.M8;
        if (g.M6 == 0)
        {
            u0 /= w0;
            v0 /= w0;
            double du = g.M0 / w0, dv = g.M3 / w0;
            for (var x = 0; x < width; x++)
            {
                var fx = (x + 0.5) * stepX;
                uv[2 * x] = (float)(u0 + (du * fx));
                uv[(2 * x) + 1] = (float)(v0 + (dv * fx));
            }

            return;
        }

        for (var x = 0; x < width; x++)
        {
            var fx = (x + 0.5) * stepX;
            var w = 1 / (w0 + (g.M6 * fx));
            uv[2 * x] = (float)((u0 + (g.M0 * fx)) * w);
            uv[(2 * x) + 1] = (float)((v0 + (g.M3 * fx)) * w);
        }
    }

    private void AddLattice(int frame, float stepX, float fy, int width, Span<float> uv)
    {
        var gy = Math.Clamp(fy / Spacing, 0f, Rows - 1.0001f);
        var j = (int)gy;
        var ay = gy - j;
        var upper = _lattice.AsSpan(((frame * Rows) + j) * Columns * 2, Columns * 2);
        var lower = _lattice.AsSpan(((frame * Rows) + j + 1) * Columns * 2, Columns * 2);
        Span<float> line = stackalloc float[Columns * 2];
        for (var k = 0; k < line.Length; k++)
            line[k] = upper[k] + (ay * (lower[k] - upper[k]));
        var scale = stepX / Spacing;
        var last = Columns - 1.0001f;
        for (var x = 0; x < width; x++)
        {
            var gx = Math.Min((x + 0.5f) * scale, last);
            var i = (int)gx;
            var ax = gx - i;
            i *= 2;
            uv[2 * x] += line[i] + (ax * (line[i + 2] - line[i]));
            uv[(2 * x) + 1] += line[i + 1] + (ax * (line[i + 3] - line[i + 1]));
        }
    }
}
