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
    private const float LeastSupport = 0.02f;
    private readonly UvMap _map;
    private readonly int _width;
    private readonly int _height;
    private readonly float[][] _sums;
    private readonly float _robustSquare;

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

    /// <summary>How much weight each atlas pixel has received from all frames.</summary>
    public Raster<float> Weight { get; }

    /// <summary>First pass: adds a frame's pixels where they lie.</summary>
    /// <param name="frame">Frame number.</param>
    /// <param name="picture">RGB frame, at the frame's size or any other.</param>
    /// <param name="weight">[h, w, 1] of the picture's size, 0..1.</param>
    public void Splat(int frame, Raster<byte> picture, Raster<float> weight) => OverStripes(frame, picture, weight, SplatRow);

    /// <summary>Ends the first pass: means, and colours for unseen places.</summary>
    public void FinishSplat()
    {
        MergeStripes();
        var sum = _sums[0];
        var known = new Raster<float>(_width, _height, 1);
        for (var i = 0; i < known.Data.Length; i++)
        {
            var w = sum[(4 * i) + 3];
            Weight.Data[i] = w;
            known.Data[i] = Math.Min(1, w);
            var inverse = 1 / Math.Max(w, 1e-6f);
            for (var c = 0; c < 3; c++)
                Atlas.Data[(3 * i) + c] = sum[(4 * i) + c] * inverse;
        }

        PushPull.Fill(Atlas, known);
        Clear();
    }

    /// <summary>Later passes: adds what the atlas still misses of a frame.</summary>
    public void BackProject(int frame, Raster<byte> picture, Raster<float> weight) => OverStripes(frame, picture, weight, BackProjectRow);

    /// <summary>Ends a later pass: moves the atlas by <paramref name="step"/> times the mean miss.</summary>
    public void FinishPass(float step)
    {
        MergeStripes();
        var sum = _sums[0];
        for (var i = 0; i < Weight.Data.Length; i++)
        {
            var inverse = step / Math.Max(sum[(4 * i) + 3], LeastSupport);
            for (var c = 0; c < 3; c++)
                Atlas.Data[(3 * i) + c] = Math.Clamp(Atlas.Data[(3 * i) + c] + (sum[(4 * i) + c] * inverse), 0, 255);
        }

        Clear();
    }

    private delegate void RowVisitor(ReadOnlySpan<byte> picture, ReadOnlySpan<float> weight, ReadOnlySpan<float> uv, float[] sums);

    private void OverStripes(int frame, Raster<byte> picture, Raster<float> weight, RowVisitor visit)
    {
        var stripes = _sums.Length;
        Parallel.For(0, stripes, s =>
        {
            var uv = ArrayPool<float>.Shared.Rent(picture.Width * 2);
            for (var y = s * picture.Height / stripes; y < (s + 1) * picture.Height / stripes; y++)
            {
                var row = weight.Row(y);
                if (row.IndexOfAnyExceptInRange(float.NegativeInfinity, NegligibleWeight) < 0)
                    continue;
                var at = uv.AsSpan(0, picture.Width * 2);
                _map.FillRow(frame, y, picture.Width, picture.Height, at);
                visit(picture.Row(y), row, at, _sums[s]);
            }

            ArrayPool<float>.Shared.Return(uv);
        });
    }

    private void SplatRow(ReadOnlySpan<byte> picture, ReadOnlySpan<float> weight, ReadOnlySpan<float> uv, float[] sums)
    {
        for (var x = 0; x < weight.Length; x++)
        {
            var w = weight[x];
            if (w <= NegligibleWeight || !Inside(uv[2 * x], uv[(2 * x) + 1], out var corner, out var fx, out var fy))
                continue;
            Add(sums, corner, fx, fy, w, picture[3 * x], picture[(3 * x) + 1], picture[(3 * x) + 2]);
        }
    }

    private void BackProjectRow(ReadOnlySpan<byte> picture, ReadOnlySpan<float> weight, ReadOnlySpan<float> uv, float[] sums)
    {
        for (var x = 0; x < weight.Length; x++)
        {
            var w = weight[x];
            if (w <= NegligibleWeight || !Inside(uv[2 * x], uv[(2 * x) + 1], out var corner, out var fx, out var fy))
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

    private void Clear()
    {
        foreach (var sums in _sums)
            Array.Clear(sums);
    }
}
