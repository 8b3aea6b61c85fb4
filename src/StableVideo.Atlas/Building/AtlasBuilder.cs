using System.Buffers;
using StableVideo.Imaging;

namespace StableVideo.Atlas.Building;

/// <summary>
/// Builds one layer's atlas from all frames: bilinear splat, hole filling, then back-projection passes <c>A += S^T w (I - S A) / S^T w</c> that sharpen it,
/// with weights that fall where a frame disagrees. Rows of a frame are summed in fixed stripes, so the bytes do not depend on the number of threads.
/// </summary>
internal sealed class AtlasBuilder
{
    private const float NegligibleWeight = 1e-3f;
    private const int MostSamples = 4;
    private readonly UvMap _map;
    private readonly int _width;
    private readonly int _height;
    private readonly float[][] _sums;
    private readonly float _robustSquare;
    private Raster<float>? _miss;

    /// <param name="map">UV mapping whose values are pixels of the atlas to build.</param>
    /// <param name="width">Atlas width in pixels.</param>
    /// <param name="height">Atlas height in pixels.</param>
    /// <param name="robustScale">Grey levels beyond which a frame's pixel counts as an outlier.</param>
    public AtlasBuilder(UvMap map, int width, int height, float robustScale)
    {
        (_map, _width, _height) = (map, width, height);
        _robustSquare = 3 * robustScale * robustScale;
        Atlas = new Raster<float>(width, height, 3);
        Weight = new Raster<float>(width, height, 1);
        var stripes = (long)width * height > 3_000_000 ? 2 : 4;
        _sums = [.. Enumerable.Range(0, stripes).Select(_ => new float[width * height * 4])];
    }

    /// <summary>The atlas, RGB 0..255.</summary>
    public Raster<float> Atlas { get; }

    /// <summary>How much weight each atlas pixel received from all frames in the last pass.</summary>
    public Raster<float> Weight { get; }

    /// <summary>First pass: adds a frame's pixels where they lie.</summary>
    /// <param name="frame">Frame number.</param>
    /// <param name="picture">RGB frame, at the frame's size or any other.</param>
    /// <param name="weight">[h, w, 1] of the picture's size, 0..1.</param>
    public void Splat(int frame, Raster<byte> picture, Raster<float> weight) => OverStripes(frame, picture, weight, SplatRow);

    /// <summary>Ends the first pass: means, and colours for unseen places.</summary>
    public void FinishSplat() => TakeMeans(Atlas);

    /// <summary>Later passes: adds what the atlas still misses of a frame.</summary>
    public void BackProject(int frame, Raster<byte> picture, Raster<float> weight) => OverStripes(frame, picture, weight, BackProjectRow);

    /// <summary>Ends a later pass: moves the atlas by <paramref name="step"/> times the mean miss.</summary>
    public void FinishPass(float step)
    {
        _miss ??= new Raster<float>(_width, _height, 3);
        TakeMeans(_miss);
        Rows.For(_height, y =>
        {
            var miss = _miss.Row(y);
            var atlas = Atlas.Row(y);
            for (var i = 0; i < atlas.Length; i++)
                atlas[i] = Math.Clamp(atlas[i] + (step * miss[i]), 0, 255);
        });
    }

    /// <summary>
    /// Weighted means of a pass. Where frames are magnified their pixels lie apart like the dots of a halftone: there, and in places no frame
    /// has seen, the means of coarser levels shine through.
    /// </summary>
    private void TakeMeans(Raster<float> means)
    {
        MergeStripes();
        var known = new Raster<float>(_width, _height, 1);
        Rows.For(_height, y =>
        {
            var sum = _sums[0].AsSpan(y * _width * 4, _width * 4);
            var to = means.Row(y);
            var weight = Weight.Row(y);
            var trust = known.Row(y);
            for (var x = 0; x < _width; x++)
            {
                var w = sum[(4 * x) + 3];
                weight[x] = w;
                trust[x] = Math.Min(1, w);
                var inverse = 1 / Math.Max(w, 1e-6f);
                for (var c = 0; c < 3; c++)
                    to[(3 * x) + c] = sum[(4 * x) + c] * inverse;
            }
        });
        PushPull.Fill(means, known);
        foreach (var sums in _sums)
            Array.Clear(sums);
    }

    private delegate void RowVisitor(ReadOnlySpan<float> picture, ReadOnlySpan<float> weight, ReadOnlySpan<float> uv, float[] sums);

    /// <summary>
    /// Visits a frame's rows that have weight. Where the frame is magnified in the atlas it is supersampled, so that its pixels cover their
    /// footprints; together the samples of a pixel weigh as much as the pixel.
    /// </summary>
    private void OverStripes(int frame, Raster<byte> picture, Raster<float> weight, RowVisitor visit)
    {
        var stripes = _sums.Length;
        var factor = Supersampling(frame, picture, weight);
        int width = picture.Width * factor, height = picture.Height * factor;
        Parallel.For(0, stripes, s =>
        {
            var rented = ArrayPool<float>.Shared.Rent(width * 6);
            var uv = rented.AsSpan(0, width * 2);
            var colours = rented.AsSpan(width * 2, width * 3);
            var weights = rented.AsSpan(width * 5, width);
            for (var y = s * picture.Height / stripes; y < (s + 1) * picture.Height / stripes; y++)
            {
                if (weight.Row(y).IndexOfAnyExceptInRange(float.NegativeInfinity, NegligibleWeight) < 0)
                    continue;
                for (var fine = y * factor; fine < (y + 1) * factor; fine++)
                {
                    _map.FillRow(frame, fine, width, height, uv);
                    FrameRow(picture, weight, fine, factor, colours, weights);
                    visit(colours, weights, uv, _sums[s]);
                }
            }

            ArrayPool<float>.Shared.Return(rented);
        });
    }

    /// <summary>How many samples per pixel side a frame needs: the mean magnification of its members, rounded, at most 4.</summary>
    private int Supersampling(int frame, Raster<byte> picture, Raster<float> weight)
    {
        const int Step = 8;
        double sum = 0, members = 0, scaleX = (double)_map.Width / picture.Width, scaleY = (double)_map.Height / picture.Height;
        for (var y = Step / 2; y < picture.Height; y += Step)
        {
            for (var x = Step / 2; x < picture.Width; x += Step)
            {
                if (weight[x, y] <= NegligibleWeight)
                    continue;
                var (u, v) = _map.At(frame, x * scaleX, y * scaleY);
                var (ux, vx) = _map.At(frame, (x + 1) * scaleX, y * scaleY);
                var (uy, vy) = _map.At(frame, x * scaleX, (y + 1) * scaleY);
                sum += Math.Sqrt(Math.Abs(((ux - u) * (vy - v)) - ((uy - u) * (vx - v))));
                members++;
            }
        }

        return members == 0 ? 1 : Math.Clamp((int)Math.Round(sum / members), 1, MostSamples);
    }

    /// <summary>Row <paramref name="y"/> of the supersampled frame: interpolated colours, and shares of the pixel's weight.</summary>
    private static void FrameRow(Raster<byte> picture, Raster<float> weight, int y, int factor, Span<float> colours, Span<float> weights)
    {
        var share = 1f / (factor * factor);
        var own = weight.Row(y / factor);
        var v = Math.Clamp(((y + 0.5f) / factor) - 0.5f, 0, picture.Height - 1);
        var j = (int)v;
        var fy = v - j;
        var upper = picture.Row(j);
        var lower = picture.Row(Math.Min(j + 1, picture.Height - 1));
        for (var x = 0; x < weights.Length; x++)
        {
            weights[x] = own[x / factor] * share;
            if (weights[x] <= 0)
                continue;
            var u = Math.Clamp(((x + 0.5f) / factor) - 0.5f, 0, picture.Width - 1);
            var i = (int)u;
            var fx = u - i;
            int left = 3 * i, right = 3 * Math.Min(i + 1, picture.Width - 1);
            for (var c = 0; c < 3; c++)
            {
                var a = upper[left + c] + (fx * (upper[right + c] - upper[left + c]));
                var b = lower[left + c] + (fx * (lower[right + c] - lower[left + c]));
                colours[(3 * x) + c] = a + (fy * (b - a));
            }
        }
    }

    private void SplatRow(ReadOnlySpan<float> picture, ReadOnlySpan<float> weight, ReadOnlySpan<float> uv, float[] sums)
    {
        for (var x = 0; x < weight.Length; x++)
        {
            var w = weight[x];
            if (w <= 0 || !Inside(uv[2 * x], uv[(2 * x) + 1], out var corner, out var fx, out var fy))
                continue;
            Add(sums, corner, fx, fy, w, picture[3 * x], picture[(3 * x) + 1], picture[(3 * x) + 2]);
        }
    }

    private void BackProjectRow(ReadOnlySpan<float> picture, ReadOnlySpan<float> weight, ReadOnlySpan<float> uv, float[] sums)
    {
        for (var x = 0; x < weight.Length; x++)
        {
            var w = weight[x];
            if (w <= 0 || !Inside(uv[2 * x], uv[(2 * x) + 1], out var corner, out var fx, out var fy))
                continue;
            float w00 = (1 - fx) * (1 - fy), w10 = fx * (1 - fy), w01 = (1 - fx) * fy, w11 = fx * fy;
            var a = Atlas.Data.AsSpan(corner * 3, 6);
            var b = Atlas.Data.AsSpan((corner + _width) * 3, 6);
            var red = picture[3 * x] - ((w00 * a[0]) + (w10 * a[3]) + (w01 * b[0]) + (w11 * b[3]));
            var green = picture[(3 * x) + 1] - ((w00 * a[1]) + (w10 * a[4]) + (w01 * b[1]) + (w11 * b[4]));
            var blue = picture[(3 * x) + 2] - ((w00 * a[2]) + (w10 * a[5]) + (w01 * b[2]) + (w11 * b[5]));
            w /= 1 + (((red * red) + (green * green) + (blue * blue)) / _robustSquare);
            Add(sums, corner, fx, fy, w, red, green, blue);
        }
    }

    private bool Inside(float u, float v, out int corner, out float fx, out float fy)
    {
        float x = u - 0.5f, y = v - 0.5f;
        if (!(x >= 0 && y >= 0 && x < _width - 1 && y < _height - 1))
        {
            (corner, fx, fy) = (0, 0, 0);
            return false;
        }

        int i = (int)x, j = (int)y;
        (corner, fx, fy) = ((j * _width) + i, x - i, y - j);
        return true;
    }

    private void Add(float[] sums, int corner, float fx, float fy, float weight, float red, float green, float blue)
    {
        float upper = (1 - fy) * weight, lower = fy * weight;
        var a = sums.AsSpan(corner * 4, 8);
        var b = sums.AsSpan((corner + _width) * 4, 8);
        AddOne(a, upper * (1 - fx), red, green, blue);
        AddOne(a[4..], upper * fx, red, green, blue);
        AddOne(b, lower * (1 - fx), red, green, blue);
        AddOne(b[4..], lower * fx, red, green, blue);
    }

    private static void AddOne(Span<float> sum, float weight, float red, float green, float blue)
    {
        sum[3] += weight;
        sum[0] += weight * red;
        sum[1] += weight * green;
        sum[2] += weight * blue;
    }

    private void MergeStripes()
    {
        var rowLength = _width * 4;
        Parallel.For(0, _height, y =>
        {
            var total = _sums[0].AsSpan(y * rowLength, rowLength);
            for (var s = 1; s < _sums.Length; s++)
                System.Numerics.Tensors.TensorPrimitives.Add(total, _sums[s].AsSpan(y * rowLength, rowLength), total);
        });
    }
}
