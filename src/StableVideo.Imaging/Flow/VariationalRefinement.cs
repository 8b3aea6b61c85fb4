using System.Numerics;

namespace StableVideo.Imaging.Flow;

/// <summary>
/// A few steps down the energy of Brox, Bruhn, Papenberg, Weickert 2004 from a good start: robust brightness and gradient constancy, both normalised by
/// the local contrast, and robust smoothness. Each warp linearises once; each fixed-point iteration renews the robust weights and relaxes the flow's
/// increment by red-black successive over-relaxation, vectorised.
/// </summary>
internal sealed class VariationalRefinement : IDisposable
{
    private const float Brightness = 5;
    private const float GradientConstancy = 10;
    private const float Smoothness = 20;
    private const float Contrast = 0.1f * 0.1f;
    private const float Robust = 0.001f * 0.001f;
    private const float Relaxation = 1.6f;
    private const float Tiny = 1e-6f;
    private const int Sweeps = 5;

    private static readonly int Lanes = Vector<float>.Count;
    private static readonly Vector<int>[] Checkerboard = [Alternate(0), Alternate(1)];

    private readonly PaddedPlane _u;
    private readonly PaddedPlane _v;
    private readonly int _width;
    private readonly int _height;
    private readonly int _stride;
    private readonly FlowDerivatives _image;
    private readonly PaddedPlane[] _planes;
    private readonly float[] _du;
    private readonly float[] _dv;
    private readonly float[] _right;
    private readonly float[] _down;
    private readonly float[] _a11;
    private readonly float[] _a12;
    private readonly float[] _a22;
    private readonly float[] _b1;
    private readonly float[] _b2;

    private VariationalRefinement(PaddedPlane a, PaddedPlane b, PaddedPlane u, PaddedPlane v)
    {
        (_u, _v, _width, _height, _stride) = (u, v, u.Width, u.Height, u.Stride);
        _image = new FlowDerivatives(a, b, u, v);
        _planes = [.. Enumerable.Range(0, 9).Select(_ => new PaddedPlane(_width, _height))];
        (_du, _dv, _right, _down) = (_planes[0].Data, _planes[1].Data, _planes[2].Data, _planes[3].Data);
        (_a11, _a12, _a22, _b1, _b2) = (_planes[4].Data, _planes[5].Data, _planes[6].Data, _planes[7].Data, _planes[8].Data);
    }

    /// <summary>Improves the flow (<paramref name="u"/>, <paramref name="v"/>) from <paramref name="a"/> to <paramref name="b"/> in place.</summary>
    public static void Run(PaddedPlane a, PaddedPlane b, PaddedPlane u, PaddedPlane v, int iterations)
    {
        if (iterations == 0)
            return;
        u.RepeatBorder();
        v.RepeatBorder();
        using var refinement = new VariationalRefinement(a, b, u, v);
        for (var i = 0; i < iterations; i++)
        {
            refinement.WeighSmoothness();
            refinement.BuildSystem();
            for (var sweep = 0; sweep < 2 * Sweeps; sweep++)
                refinement.Relax(sweep & 1);
        }

        refinement.Apply();
    }

    public void Dispose()
    {
        _image.Dispose();
        foreach (var plane in _planes)
            plane.Dispose();
    }

    private static Vector<int> Alternate(int first)
    {
        var lanes = new int[Vector<int>.Count];
        for (var i = first; i < lanes.Length; i += 2)
            lanes[i] = -1;
        return new(lanes);
    }

    private static Vector<float> At(float[] plane, int index) => new(plane, index);

    /// <summary>Weights of the edges from each pixel to its right and lower neighbour; 0 across the border.</summary>
    private void WeighSmoothness()
    {
        for (var y = 0; y < _height; y++)
        {
            var start = _u.Index(0, y);
            for (var i = start; i < start + _width; i += Lanes)
            {
                var (u, v) = (At(_u.Data, i) + At(_du, i), At(_v.Data, i) + At(_dv, i));
                var (ux, vx) = (At(_u.Data, i + 1) + At(_du, i + 1) - u, At(_v.Data, i + 1) + At(_dv, i + 1) - v);
                var (uy, vy) = (At(_u.Data, i + _stride) + At(_du, i + _stride) - u, At(_v.Data, i + _stride) + At(_dv, i + _stride) - v);
                var weight = new Vector<float>(Smoothness) / Vector.SquareRoot((ux * ux) + (vx * vx) + (uy * uy) + (vy * vy) + new Vector<float>(Robust));
                weight.CopyTo(_right, i);
                weight.CopyTo(_down, i);
            }

            _right.AsSpan(start + _width - 1, PaddedPlane.Pad).Clear();
        }

        _down.AsSpan(_u.Index(0, _height - 1), _width + PaddedPlane.Pad).Clear();
    }

    private void BuildSystem()
    {
        for (var y = 0; y < _height; y++)
        {
            var start = _u.Index(0, y);
            for (var i = start; i < start + _width; i += Lanes)
            {
                Vector<float> a11 = new(Tiny), a12 = default, a22 = new(Tiny), b1 = default, b2 = default;
                AddData(i, ref a11, ref a12, ref a22, ref b1, ref b2);
                var (u, v) = (At(_u.Data, i), At(_v.Data, i));
                Couple(At(_right, i), i + 1);
                Couple(At(_right, i - 1), i - 1);
                Couple(At(_down, i), i + _stride);
                Couple(At(_down, i - _stride), i - _stride);
                a11.CopyTo(_a11, i);
                a12.CopyTo(_a12, i);
                a22.CopyTo(_a22, i);
                b1.CopyTo(_b1, i);
                b2.CopyTo(_b2, i);

                void Couple(Vector<float> weight, int neighbour)
                {
                    a11 += weight;
                    a22 += weight;
                    b1 += weight * (At(_u.Data, neighbour) - u);
                    b2 += weight * (At(_v.Data, neighbour) - v);
                }
            }
        }
    }

    private void AddData(int i, ref Vector<float> a11, ref Vector<float> a12, ref Vector<float> a22, ref Vector<float> b1, ref Vector<float> b2)
    {
        Vector<float> contrast = new(Contrast), robust = new(Robust);
        var (du, dv) = (At(_du, i), At(_dv, i));

        var (x, y, t) = (At(_image.X, i), At(_image.Y, i), At(_image.T, i));
        var norm = Vector<float>.One / ((x * x) + (y * y) + contrast);
        var residual = t + (x * du) + (y * dv);
        var weight = new Vector<float>(Brightness) * norm / Vector.SquareRoot((residual * residual * norm) + robust);
        a11 += weight * x * x;
        a12 += weight * x * y;
        a22 += weight * y * y;
        b1 -= weight * t * x;
        b2 -= weight * t * y;

        var (xx, xy, yy, xt, yt) = (At(_image.XX, i), At(_image.XY, i), At(_image.YY, i), At(_image.XT, i), At(_image.YT, i));
        var normX = Vector<float>.One / ((xx * xx) + (xy * xy) + contrast);
        var normY = Vector<float>.One / ((yy * yy) + (xy * xy) + contrast);
        var residualX = xt + (xx * du) + (xy * dv);
        var residualY = yt + (xy * du) + (yy * dv);
        var steep = new Vector<float>(GradientConstancy) / Vector.SquareRoot((residualX * residualX * normX) + (residualY * residualY * normY) + robust);
        var (steepX, steepY) = (steep * normX, steep * normY);
        a11 += (steepX * xx * xx) + (steepY * xy * xy);
        a12 += (steepX * xx * xy) + (steepY * xy * yy);
        a22 += (steepX * xy * xy) + (steepY * yy * yy);
        b1 -= (steepX * xt * xx) + (steepY * yt * xy);
        b2 -= (steepX * xt * xy) + (steepY * yt * yy);
    }

    /// <summary>Half a sweep: pixels of one colour of a checkerboard, which depend on pixels of the other colour only.</summary>
    private void Relax(int colour)
    {
        var omega = new Vector<float>(Relaxation);
        for (var y = 0; y < _height; y++)
        {
            var own = Checkerboard[(y + colour) & 1];
            var start = _u.Index(0, y);
            for (var i = start; i < start + _width; i += Lanes)
            {
                var (right, left, down, up) = (At(_right, i), At(_right, i - 1), At(_down, i), At(_down, i - _stride));
                var (du, dv, a12) = (At(_du, i), At(_dv, i), At(_a12, i));
                var sumU = At(_b1, i) + (right * At(_du, i + 1)) + (left * At(_du, i - 1)) + (down * At(_du, i + _stride)) + (up * At(_du, i - _stride));
                var sumV = At(_b2, i) + (right * At(_dv, i + 1)) + (left * At(_dv, i - 1)) + (down * At(_dv, i + _stride)) + (up * At(_dv, i - _stride));
                var newU = du + (omega * (((sumU - (a12 * dv)) / At(_a11, i)) - du));
                var newV = dv + (omega * (((sumV - (a12 * newU)) / At(_a22, i)) - dv));
                Vector.ConditionalSelect(own, newU, du).CopyTo(_du, i);
                Vector.ConditionalSelect(own, newV, dv).CopyTo(_dv, i);
            }
        }
    }

    private void Apply()
    {
        for (var y = 0; y < _height; y++)
        {
            var start = _u.Index(0, y);
            for (var i = start; i < start + _width; i++)
            {
                _u.Data[i] += _du[i];
                _v.Data[i] += _dv[i];
            }
        }

        _u.RepeatBorder();
        _v.RepeatBorder();
    }
}
