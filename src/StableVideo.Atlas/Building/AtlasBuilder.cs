using System.Buffers;
using System.Runtime.Intrinsics;
using StableVideo.Imaging;

namespace StableVideo.Atlas.Building;

/// <summary>
/// Builds one layer's atlas from all frames: bilinear splat, hole filling, then back-projection passes <c>A += S^T w (I - S A) / S^T w</c> that sharpen it,
/// with weights that fall where a frame disagrees. Rows of a frame are summed in fixed stripes, so the bytes do not depend on the number of threads.
/// </summary>
internal sealed class AtlasBuilder
{
    private const int MostSamples = 4;
    private readonly UvMap _map;
    private readonly int _width;
    private readonly int _height;
    private readonly Vector128<float>[][] _sums;
    private readonly Vector128<float>[] _atlas;
    private readonly float _robustSquare;

    /// <param name="map">UV mapping whose values are pixels of the atlas to build.</param>
    /// <param name="width">Atlas width in pixels.</param>
    /// <param name="height">Atlas height in pixels.</param>
    /// <param name="robustScale">Grey levels beyond which a frame's pixel counts as an outlier.</param>
    public AtlasBuilder(UvMap map, int width, int height, float robustScale)
    {
        (_map, _width, _height) = (map, width, height);
        _robustSquare = 3 * robustScale * robustScale;
        Weight = new Raster<float>(width, height, 1);
        _atlas = new Vector128<float>[width * height];
        var stripes = (long)width * height > 3_000_000 ? 2 : 4;
        _sums = [.. Enumerable.Range(0, stripes).Select(_ => new Vector128<float>[width * height])];
    }

    /// <summary>How much weight each atlas pixel received from all frames in the first pass.</summary>
    public Raster<float> Weight { get; }

    /// <summary>The atlas as it stands, RGB 0..255.</summary>
    public Raster<float> ToRaster()
    {
        var raster = new Raster<float>(_width, _height, 3);
        for (var i = 0; i < _atlas.Length; i++)
        {
            for (var c = 0; c < 3; c++)
                raster.Data[(3 * i) + c] = _atlas[i].GetElement(c);
        }

        return raster;
    }

    /// <summary>First pass: adds a frame's pixels where they lie.</summary>
    /// <param name="frame">Frame number.</param>
    /// <param name="picture">RGB frame, at the frame's size or any other.</param>
    /// <param name="weight">[h, w, 1] of the picture's size, 0..255.</param>
    public void Splat(int frame, Raster<byte> picture, Raster<byte> weight) => OverStripes(frame, picture, weight, SplatRow);

    /// <summary>Ends the first pass: means, and colours for unseen places.</summary>
    public void FinishSplat()
    {
        MergeStripes();
        for (var i = 0; i < _atlas.Length; i++)
            Weight.Data[i] = _sums[0][i].GetElement(3);
        FinishPass(1, merged: true);
    }

    /// <summary>Later passes: adds what the atlas still misses of a frame.</summary>
    public void BackProject(int frame, Raster<byte> picture, Raster<byte> weight) => OverStripes(frame, picture, weight, BackProjectRow);

    /// <summary>
    /// Ends a later pass: moves the atlas by <paramref name="step"/> times the mean miss. Where frames are magnified or nothing has been seen,
    /// the means of coarser levels shine through.
    /// </summary>
    public void FinishPass(float step) => FinishPass(step, merged: false);

    private void FinishPass(float step, bool merged)
    {
        if (!merged)
            MergeStripes();
        var means = _sums[0];
        PushPull.ToMeans(means, _width, _height);
        for (var i = 0; i < means.Length; i++)
            _atlas[i] = Vector128.Min(Vector128.Max(_atlas[i] + (step * means[i]), Vector128<float>.Zero), Vector128.Create(255f));
        foreach (var sums in _sums)
            Array.Clear(sums);
    }

    private delegate void RowVisitor(ReadOnlySpan<float> picture, ReadOnlySpan<float> weight, ReadOnlySpan<float> uv, Vector128<float>[] sums);

    /// <summary>
    /// Visits a frame's rows that have weight. Where the frame is magnified in the atlas it is supersampled, so that its pixels cover their
    /// footprints; together the samples of a pixel weigh as much as the pixel.
    /// </summary>
    private void OverStripes(int frame, Raster<byte> picture, Raster<byte> weight, RowVisitor visit)
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
                if (weight.Row(y).IndexOfAnyExcept((byte)0) < 0)
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
    private int Supersampling(int frame, Raster<byte> picture, Raster<byte> weight)
    {
        const int Step = 8;
        double sum = 0, members = 0, scaleX = (double)_map.Width / picture.Width, scaleY = (double)_map.Height / picture.Height;
        for (var y = Step / 2; y < picture.Height; y += Step)
        {
            for (var x = Step / 2; x < picture.Width; x += Step)
            {
                if (weight[x, y] == 0)
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
    private static void FrameRow(Raster<byte> picture, Raster<byte> weight, int y, int factor, Span<float> colours, Span<float> weights)
    {
        var share = 1f / (255 * factor * factor);
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

    private void SplatRow(ReadOnlySpan<float> picture, ReadOnlySpan<float> weight, ReadOnlySpan<float> uv, Vector128<float>[] sums)
    {
        for (var x = 0; x < weight.Length; x++)
        {
            var w = weight[x];
            if (w > 0 && Inside(uv[2 * x], uv[(2 * x) + 1], out var corner, out var fx, out var fy))
                Add(sums, corner, fx, fy, w * Vector128.Create(picture[3 * x], picture[(3 * x) + 1], picture[(3 * x) + 2], 1));
        }
    }

    private void BackProjectRow(ReadOnlySpan<float> picture, ReadOnlySpan<float> weight, ReadOnlySpan<float> uv, Vector128<float>[] sums)
    {
        var colourOnly = Vector128.Create(1f, 1, 1, 0);
        for (var x = 0; x < weight.Length; x++)
        {
            var w = weight[x];
            if (w <= 0 || !Inside(uv[2 * x], uv[(2 * x) + 1], out var corner, out var fx, out var fy))
                continue;
            var upper = _atlas[corner] + (fx * (_atlas[corner + 1] - _atlas[corner]));
            var lower = _atlas[corner + _width] + (fx * (_atlas[corner + _width + 1] - _atlas[corner + _width]));
            var miss = (Vector128.Create(picture[3 * x], picture[(3 * x) + 1], picture[(3 * x) + 2], 0) - (upper + (fy * (lower - upper)))) * colourOnly;
            w /= 1 + (Vector128.Dot(miss, miss) / _robustSquare);
            Add(sums, corner, fx, fy, w * miss.WithElement(3, 1));
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

    private void Add(Vector128<float>[] sums, int corner, float fx, float fy, Vector128<float> texel)
    {
        var lower = fy * texel;
        var upper = texel - lower;
        var right = fx * upper;
        sums[corner] += upper - right;
        sums[corner + 1] += right;
        right = fx * lower;
        sums[corner + _width] += lower - right;
        sums[corner + _width + 1] += right;
    }

    private void MergeStripes() => Rows.For(_height, y =>
    {
        var total = _sums[0].AsSpan(y * _width, _width);
        for (var s = 1; s < _sums.Length; s++)
        {
            var part = _sums[s].AsSpan(y * _width, _width);
            for (var x = 0; x < total.Length; x++)
                total[x] += part[x];
        }
    });
}
