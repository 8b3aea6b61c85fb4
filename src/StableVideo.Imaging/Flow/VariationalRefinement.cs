using System.Numerics;
using System.Numerics.Tensors;

namespace StableVideo.Imaging.Flow;

/// <summary>
/// A few steps on the energy of Brox et al. (2004): robust brightness and gradient constancy, both normalised by the local contrast, and robust
/// smoothness. Each step warps, linearises, and relaxes the 2x2 systems of all pixels at once (Jacobi), vectorised.
/// </summary>
internal sealed class VariationalRefinement : IDisposable
{
    private const float Brightness = 5f / 2;
    private const float GradientConstancy = 10f / 2;
    private const float Smoothness = 20f / 2;
    private const float Contrast = 0.1f * 0.1f;
    private const float Robust = 0.001f * 0.001f;
    private const int Warps = 3;
    private const int Relaxations = 10;
    private static readonly int Lanes = Vector<float>.Count;

    private readonly PaddedPlane _a;
    private readonly PaddedPlane _b;
    private readonly (PaddedPlane X, PaddedPlane Y) _gradientA;
    private readonly PaddedPlane[] _planes;

    private VariationalRefinement(PaddedPlane a, PaddedPlane b)
    {
        (_a, _b) = (a, b);
        _gradientA = a.Gradients();
        _planes = [.. Enumerable.Range(0, 14).Select(_ => new PaddedPlane(a.Width, a.Height))];
    }

    /// <summary>Improves the flow (<paramref name="u"/>, <paramref name="v"/>) in place.</summary>
    public static void Run(PaddedPlane a, PaddedPlane b, PaddedPlane u, PaddedPlane v)
    {
        using var refinement = new VariationalRefinement(a, b);
        for (var k = 0; k < Warps; k++)
            refinement.Step(u, v);
    }

    public void Dispose()
    {
        _gradientA.X.Dispose();
        _gradientA.Y.Dispose();
        foreach (var plane in _planes)
            plane.Dispose();
    }

    private void Step(PaddedPlane u, PaddedPlane v)
    {
        var warped = _planes[0];
        Warp(u, v, warped);
        LineariseData(warped);
        WeighSmoothness(u, v);
        Relax(u, v);
    }

    private void Warp(PaddedPlane u, PaddedPlane v, PaddedPlane warped)
    {
        for (var y = 0; y < _a.Height; y++)
        {
            for (int x = 0, i = u.Index(0, y); x < _a.Width; x++, i++)
            {
                float px = Math.Clamp(x + u.Data[i], -8f, _b.Width + 7f), py = Math.Clamp(y + v.Data[i], -8f, _b.Height + 7f);
                int ix = (int)MathF.Floor(px), iy = (int)MathF.Floor(py), k = _b.Index(ix, iy);
                float fx = px - ix, fy = py - iy;
                var upper = _b.Data[k] + (fx * (_b.Data[k + 1] - _b.Data[k]));
                var lower = _b.Data[k + _b.Stride] + (fx * (_b.Data[k + _b.Stride + 1] - _b.Data[k + _b.Stride]));
                warped.Data[i] = upper + (fy * (lower - upper));
            }
        }

        warped.RepeatBorder();
    }

    /// <summary>Per pixel the data term as a 2x2 system: planes 3..7 hold a11, a12, a22, b1, b2.</summary>
    private void LineariseData(PaddedPlane warped)
    {
        var (wx, wy) = warped.Gradients();
        var (ix, iy) = (_planes[1], _planes[2]);
        Mean(wx, _gradientA.X, ix);
        Mean(wy, _gradientA.Y, iy);

        var stride = _a.Stride;
        float[] px = ix.Data, py = iy.Data;
        for (var y = 0; y < _a.Height; y++)
        {
            for (int x = 0, i = _a.Index(0, y); x < _a.Width; x += Lanes, i += Lanes)
            {
                Vector<float> gx = new(px, i), gy = new(py, i), gz = new Vector<float>(warped.Data, i) - new Vector<float>(_a.Data, i);
                Vector<float> a11 = default, a12 = default, a22 = default, b1 = default, b2 = default;
                Add(gx, gy, gz, Brightness, ref a11, ref a12, ref a22, ref b1, ref b2);
                var half = new Vector<float>(0.5f);
                var gxx = (new Vector<float>(px, i + 1) - new Vector<float>(px, i - 1)) * half;
                var gxy = (new Vector<float>(px, i + stride) - new Vector<float>(px, i - stride)) * half;
                var gyy = (new Vector<float>(py, i + stride) - new Vector<float>(py, i - stride)) * half;
                Add(gxx, gxy, new Vector<float>(wx.Data, i) - new Vector<float>(_gradientA.X.Data, i), GradientConstancy, ref a11, ref a12, ref a22, ref b1, ref b2);
                Add(gxy, gyy, new Vector<float>(wy.Data, i) - new Vector<float>(_gradientA.Y.Data, i), GradientConstancy, ref a11, ref a12, ref a22, ref b1, ref b2);
                a11.CopyTo(_planes[3].Data, i);
                a12.CopyTo(_planes[4].Data, i);
                a22.CopyTo(_planes[5].Data, i);
                b1.CopyTo(_planes[6].Data, i);
                b2.CopyTo(_planes[7].Data, i);
            }
        }

        wx.Dispose();
        wy.Dispose();
    }

    private static void Mean(PaddedPlane a, PaddedPlane b, PaddedPlane mean)
    {
        TensorPrimitives.Add(a.Data.AsSpan(0, a.Length), b.Data.AsSpan(0, b.Length), mean.Data.AsSpan(0, mean.Length));
        TensorPrimitives.Multiply(mean.Data.AsSpan(0, mean.Length), 0.5f, mean.Data.AsSpan(0, mean.Length));
    }

    private static void Add(
        Vector<float> gx, Vector<float> gy, Vector<float> gz, float weight, ref Vector<float> a11, ref Vector<float> a12, ref Vector<float> a22, ref Vector<float> b1, ref Vector<float> b2)
    {
        var inverse = Vector<float>.One / ((gx * gx) + (gy * gy) + new Vector<float>(Contrast));
        var w = new Vector<float>(weight) * inverse / Vector.SquareRoot((gz * gz * inverse) + new Vector<float>(Robust));
        a11 += w * gx * gx;
        a12 += w * gx * gy;
        a22 += w * gy * gy;
        b1 -= w * gx * gz;
        b2 -= w * gy * gz;
    }

    /// <summary>Robust smoothness weights between a pixel and its right (plane 8) and lower (plane 9) neighbour; 0 across the border.</summary>
    private void WeighSmoothness(PaddedPlane u, PaddedPlane v)
    {
        u.RepeatBorder();
        v.RepeatBorder();
        var (right, down, own) = (_planes[8], _planes[9], _planes[0]);
        int stride = _a.Stride;
        for (var y = 0; y < _a.Height; y++)
        {
            for (int x = 0, i = _a.Index(0, y); x < _a.Width; x += Lanes, i += Lanes)
            {
                var half = new Vector<float>(0.5f);
                Vector<float> ux = (new Vector<float>(u.Data, i + 1) - new Vector<float>(u.Data, i - 1)) * half, uy = (new Vector<float>(u.Data, i + stride) - new Vector<float>(u.Data, i - stride)) * half;
                Vector<float> vx = (new Vector<float>(v.Data, i + 1) - new Vector<float>(v.Data, i - 1)) * half, vy = (new Vector<float>(v.Data, i + stride) - new Vector<float>(v.Data, i - stride)) * half;
                (new Vector<float>(Smoothness) / Vector.SquareRoot((ux * ux) + (uy * uy) + (vx * vx) + (vy * vy) + new Vector<float>(Robust))).CopyTo(own.Data, i);
            }
        }

        own.RepeatBorder();
        for (var y = 0; y < _a.Height; y++)
        {
            for (int x = 0, i = _a.Index(0, y); x < _a.Width; x++, i++)
            {
                right.Data[i] = x + 1 < _a.Width ? 0.5f * (own.Data[i] + own.Data[i + 1]) : 0;
                down.Data[i] = y + 1 < _a.Height ? 0.5f * (own.Data[i] + own.Data[i + stride]) : 0;
            }

            right.Data[_a.Index(-1, y)] = 0;
        }

        down.Data.AsSpan(_a.Index(-PaddedPlane.Pad, -1), stride).Clear();
    }

    /// <summary>Jacobi relaxation of <c>data(w + dw) + smoothness(w + dw)</c> in the new flow itself.</summary>
    private void Relax(PaddedPlane u, PaddedPlane v)
    {
        var (nextU, nextV) = (_planes[10], _planes[11]);
        float[] startU = _planes[12].Data, startV = _planes[13].Data;
        u.Data.AsSpan(0, u.Length).CopyTo(startU);
        v.Data.AsSpan(0, v.Length).CopyTo(startV);
        float[] fromU = u.Data, fromV = v.Data, toU = nextU.Data, toV = nextV.Data;
        for (var k = 0; k < Relaxations; k++)
        {
            for (var y = 0; y < _a.Height; y++)
                RelaxRow(y, startU, startV, fromU, fromV, toU, toV);
            (fromU, toU, fromV, toV) = (toU, fromU, toV, fromV);
        }

        if (!ReferenceEquals(fromU, u.Data))
        {
            fromU.AsSpan(0, u.Length).CopyTo(u.Data);
            fromV.AsSpan(0, v.Length).CopyTo(v.Data);
        }

        u.RepeatBorder();
        v.RepeatBorder();
    }

    private void RelaxRow(int y, float[] startU, float[] startV, float[] fromU, float[] fromV, float[] toU, float[] toV)
    {
        int stride = _a.Stride;
        float[] right = _planes[8].Data, down = _planes[9].Data;
        for (int x = 0, i = _a.Index(0, y); x < _a.Width; x += Lanes, i += Lanes)
        {
            Vector<float> wr = new(right, i), wl = new(right, i - 1), wd = new(down, i), wu = new(down, i - stride);
            var total = wr + wl + wd + wu + new Vector<float>(1e-4f);
            var sumU = (wr * new Vector<float>(fromU, i + 1)) + (wl * new Vector<float>(fromU, i - 1)) + (wd * new Vector<float>(fromU, i + stride)) + (wu * new Vector<float>(fromU, i - stride));
            var sumV = (wr * new Vector<float>(fromV, i + 1)) + (wl * new Vector<float>(fromV, i - 1)) + (wd * new Vector<float>(fromV, i + stride)) + (wu * new Vector<float>(fromV, i - stride));
            Vector<float> a11 = new(_planes[3].Data, i), a12 = new(_planes[4].Data, i), a22 = new(_planes[5].Data, i);
            Vector<float> u0 = new(startU, i), v0 = new(startV, i);
            var b1 = new Vector<float>(_planes[6].Data, i) + (a11 * u0) + (a12 * v0) + sumU;
            var b2 = new Vector<float>(_planes[7].Data, i) + (a12 * u0) + (a22 * v0) + sumV;
            a11 += total;
            a22 += total;
            var inverse = Vector<float>.One / ((a11 * a22) - (a12 * a12));
            (((a22 * b1) - (a12 * b2)) * inverse).CopyTo(toU, i);
            (((a11 * b2) - (a12 * b1)) * inverse).CopyTo(toV, i);
        }
    }
}
