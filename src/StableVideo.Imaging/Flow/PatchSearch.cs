using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace StableVideo.Imaging.Flow;

/// <summary>
/// One pyramid level of dense inverse search: every 8x8 patch of the first picture descends to its place in the second, starting from the coarser
/// level's flow or a neighbour's; the patches' motions are then blended per pixel, weighted by how well each explains it.
/// </summary>
internal sealed class PatchSearch : IDisposable
{
    /// <summary>Patch side: one row fills one vector.</summary>
    public const int Size = 8;

    private const int Stride = 4;
    private const int Iterations = 16;
    private const int Area = Size * Size;

    /// <summary>Keeps patches without structure where they start: about half a grey value of gradient per pixel.</summary>
    private const float Damping = Area * 0.25f;

    /// <summary>A neighbour's motion must be better by more than rounding to whole grey values explains.</summary>
    private const float Margin = Area * 0.25f;

    private readonly PaddedPlane _a;
    private readonly PaddedPlane _b;
    private readonly PaddedPlane _gradientX;
    private readonly PaddedPlane _gradientY;
    private readonly int _columns;
    private readonly int _rows;
    private readonly float[] _u;
    private readonly float[] _v;

    private PatchSearch(PaddedPlane a, PaddedPlane b)
    {
        (_a, _b) = (a, b);
        (_gradientX, _gradientY) = a.Gradients();
        _columns = ((a.Width - Size + Stride - 1) / Stride) + 1;
        _rows = ((a.Height - Size + Stride - 1) / Stride) + 1;
        (_u, _v) = (new float[_columns * _rows], new float[_columns * _rows]);
    }

    /// <summary>Replaces the flow (<paramref name="u"/>, <paramref name="v"/>) by a better one.</summary>
    public static void Run(PaddedPlane a, PaddedPlane b, PaddedPlane u, PaddedPlane v)
    {
        using var search = new PatchSearch(a, b);
        search.Descend(u, v);
        search.Blend(u, v);
    }

    public void Dispose()
    {
        _gradientX.Dispose();
        _gradientY.Dispose();
    }

    private int Left(int column) => Math.Min(column * Stride, _a.Width - Size);

    private int Top(int row) => Math.Min(row * Stride, _a.Height - Size);

    /// <summary>Two sweeps, from the upper left and from the lower right, so that good motions spread to both sides.</summary>
    private void Descend(PaddedPlane u, PaddedPlane v)
    {
        var count = _columns * _rows;
        for (var k = 0; k < count; k++)
            (_u[k], _v[k]) = Coarse(k, u, v);
        for (var k = 0; k < count; k++)
            DescendPatch(k, k % _columns > 0 ? k - 1 : -1, k - _columns);
        for (var k = count - 1; k >= 0; k--)
            DescendPatch(k, (k + 1) % _columns > 0 ? k + 1 : -1, k + _columns < count ? k + _columns : -1);
    }

    private (float U, float V) Coarse(int patch, PaddedPlane u, PaddedPlane v)
    {
        var centre = u.Index(Left(patch % _columns) + (Size / 2), Top(patch / _columns) + (Size / 2));
        return (u.Data[centre], v.Data[centre]);
    }

    private void DescendPatch(int patch, int beside, int above)
    {
        int x = Left(patch % _columns), y = Top(patch / _columns);
        var tensor = Tensor(x, y);
        var (u, v) = (_u[patch], _v[patch]);
        var best = Compare(x, y, u, v);
        foreach (var other in (ReadOnlySpan<int>)[beside, above])
        {
            if (other < 0 || (_u[other] == u && _v[other] == v))
                continue;
            var match = Compare(x, y, _u[other], _v[other]);
            if (match.Error < best.Error - Margin)
                (best, u, v) = (match, _u[other], _v[other]);
        }

        var (startU, startV) = (u, v);
        var determinant = (tensor.Xx * tensor.Yy) - (tensor.Xy * tensor.Xy);
        for (var i = 0; i < Iterations; i++)
        {
            var bx = best.X - (tensor.X * best.Sum / Area);
            var by = best.Y - (tensor.Y * best.Sum / Area);
            var du = ((tensor.Yy * bx) - (tensor.Xy * by)) / determinant;
            var dv = ((tensor.Xx * by) - (tensor.Xy * bx)) / determinant;
            var next = Compare(x, y, u - du, v - dv);
            if (next.Error >= best.Error)
                break;
            (best, u, v) = (next, u - du, v - dv);
            if ((du * du) + (dv * dv) < 1e-4f)
                break;
        }

        var strayed = ((u - startU) * (u - startU)) + ((v - startV) * (v - startV)) > Size * Size;
        (_u[patch], _v[patch]) = strayed ? (startU, startV) : (u, v);
    }

    /// <summary>Structure tensor of a patch, gradients freed of their mean, and the gradients' sums.</summary>
    private (float Xx, float Xy, float Yy, float X, float Y) Tensor(int x, int y)
    {
        Vector256<float> xx = default, xy = default, yy = default, sx = default, sy = default;
        ref var gx = ref MemoryMarshal.GetArrayDataReference(_gradientX.Data);
        ref var gy = ref MemoryMarshal.GetArrayDataReference(_gradientY.Data);
        for (var k = 0; k < Size; k++)
        {
            var i = (nuint)_a.Index(x, y + k);
            var dx = Vector256.LoadUnsafe(ref gx, i);
            var dy = Vector256.LoadUnsafe(ref gy, i);
            xx += dx * dx;
            xy += dx * dy;
            yy += dy * dy;
            sx += dx;
            sy += dy;
        }

        float mx = Vector256.Sum(sx), my = Vector256.Sum(sy);
        return (Vector256.Sum(xx) - (mx * mx / Area) + Damping, Vector256.Sum(xy) - (mx * my / Area), Vector256.Sum(yy) - (my * my / Area) + Damping, mx, my);
    }

    /// <summary>The patch against its place in the second picture: squared error without the mean, sums of difference times gradient, and of difference.</summary>
    private (float Error, float X, float Y, float Sum) Compare(int x, int y, float u, float v)
    {
        var (start, w00, w10, w01, w11) = Place(x + u, y + v);
        Vector256<float> squares = default, alongX = default, alongY = default, sum = default;
        ref var a = ref MemoryMarshal.GetArrayDataReference(_a.Data);
        ref var b = ref MemoryMarshal.GetArrayDataReference(_b.Data);
        ref var gx = ref MemoryMarshal.GetArrayDataReference(_gradientX.Data);
        ref var gy = ref MemoryMarshal.GetArrayDataReference(_gradientY.Data);
        var stride = (nuint)_b.Stride;
        for (var k = 0; k < Size; k++)
        {
            var i = (nuint)_a.Index(x, y + k);
            var j = start + ((nuint)k * stride);
            var seen = (w00 * Vector256.LoadUnsafe(ref b, j)) + (w10 * Vector256.LoadUnsafe(ref b, j + 1))
                + (w01 * Vector256.LoadUnsafe(ref b, j + stride)) + (w11 * Vector256.LoadUnsafe(ref b, j + stride + 1));
            var difference = seen - Vector256.LoadUnsafe(ref a, i);
            squares += difference * difference;
            alongX += difference * Vector256.LoadUnsafe(ref gx, i);
            alongY += difference * Vector256.LoadUnsafe(ref gy, i);
            sum += difference;
        }

        var total = Vector256.Sum(sum);
        return (Vector256.Sum(squares) - (total * total / Area), Vector256.Sum(alongX), Vector256.Sum(alongY), total);
    }

    /// <summary>Where a patch whose corner lies at a continuous position starts in the second picture, and its bilinear weights.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private (nuint Start, Vector256<float> W00, Vector256<float> W10, Vector256<float> W01, Vector256<float> W11) Place(float x, float y)
    {
        x = Math.Clamp(x, 1 - PaddedPlane.Pad, _b.Width + PaddedPlane.Pad - Size - 2);
        y = Math.Clamp(y, 1 - PaddedPlane.Pad, _b.Height + PaddedPlane.Pad - Size - 2);
        int i = (int)MathF.Floor(x), j = (int)MathF.Floor(y);
        float fx = x - i, fy = y - j;
        return ((nuint)_b.Index(i, j),
            Vector256.Create((1 - fx) * (1 - fy)), Vector256.Create(fx * (1 - fy)), Vector256.Create((1 - fx) * fy), Vector256.Create(fx * fy));
    }

    /// <summary>Every pixel's flow: the mean over the patches that cover it, weighted by <c>1 / max(1, |difference|)</c>.</summary>
    private void Blend(PaddedPlane u, PaddedPlane v)
    {
        using var weights = new PaddedPlane(_a.Width, _a.Height);
        u.Data.AsSpan(0, u.Length).Clear();
        v.Data.AsSpan(0, v.Length).Clear();
        for (var patch = 0; patch < _u.Length; patch++)
            BlendPatch(patch, weights, u, v);
        for (var y = 0; y < _a.Height; y++)
        {
            for (int x = 0, i = u.Index(0, y); x < _a.Width; x++, i++)
            {
                u.Data[i] /= weights.Data[i];
                v.Data[i] /= weights.Data[i];
            }
        }

        u.RepeatBorder();
        v.RepeatBorder();
    }

    private void BlendPatch(int patch, PaddedPlane weights, PaddedPlane u, PaddedPlane v)
    {
        int x = Left(patch % _columns), y = Top(patch / _columns);
        var (start, w00, w10, w01, w11) = Place(x + _u[patch], y + _v[patch]);
        var (pu, pv) = (Vector256.Create(_u[patch]), Vector256.Create(_v[patch]));
        ref var a = ref MemoryMarshal.GetArrayDataReference(_a.Data);
        ref var b = ref MemoryMarshal.GetArrayDataReference(_b.Data);
        ref var sumW = ref MemoryMarshal.GetArrayDataReference(weights.Data);
        ref var sumU = ref MemoryMarshal.GetArrayDataReference(u.Data);
        ref var sumV = ref MemoryMarshal.GetArrayDataReference(v.Data);
        var stride = (nuint)_b.Stride;
        for (var k = 0; k < Size; k++)
        {
            var i = (nuint)_a.Index(x, y + k);
            var j = start + ((nuint)k * stride);
            var seen = (w00 * Vector256.LoadUnsafe(ref b, j)) + (w10 * Vector256.LoadUnsafe(ref b, j + 1))
                + (w01 * Vector256.LoadUnsafe(ref b, j + stride)) + (w11 * Vector256.LoadUnsafe(ref b, j + stride + 1));
            var w = Vector256<float>.One / Vector256.Max(Vector256<float>.One, Vector256.Abs(seen - Vector256.LoadUnsafe(ref a, i)));
            (Vector256.LoadUnsafe(ref sumW, i) + w).StoreUnsafe(ref sumW, i);
            (Vector256.LoadUnsafe(ref sumU, i) + (w * pu)).StoreUnsafe(ref sumU, i);
            (Vector256.LoadUnsafe(ref sumV, i) + (w * pv)).StoreUnsafe(ref sumV, i);
        }
    }
}
