using StableVideo.Imaging;

namespace StableVideo.Editing;

/// <summary>An affine map between colours, <c>e = M c + t</c>, fitted to pairs of pixels: what an edit does to colours on the whole.</summary>
public sealed class ColourMap
{
    private readonly double[] _rows; // 3 x [r, g, b, 1]

    private ColourMap(double[] rows) => _rows = rows;

    /// <summary>Leaves colours as they are.</summary>
    public static ColourMap Identity { get; } = new([1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0]);

    /// <summary>Weighted least squares from <paramref name="from"/> to <paramref name="to"/>, drawn towards a pure shift where colours are too alike to tell.</summary>
    /// <param name="from">[H,W,3], 0..255.</param>
    /// <param name="to">[H,W,3], 0..255.</param>
    /// <param name="weight">[H,W,1], at least 0.</param>
    /// <returns>The map; <see cref="Identity"/> when the weights add up to less than one pixel.</returns>
    public static ColourMap Fit(Raster<float> from, Raster<float> to, Raster<float> weight)
    {
        var normal = new double[16];
        var right = new double[12];
        Span<double> c = stackalloc double[4];
        for (var p = 0; p < weight.Data.Length; p++)
        {
            double w = weight.Data[p];
            if (w <= 0)
                continue;
            (c[0], c[1], c[2], c[3]) = (from.Data[p * 3] / 255.0, from.Data[(p * 3) + 1] / 255.0, from.Data[(p * 3) + 2] / 255.0, 1);
            for (var i = 0; i < 4; i++)
            {
                for (var j = 0; j < 4; j++)
                    normal[(i * 4) + j] += w * c[i] * c[j];
                for (var k = 0; k < 3; k++)
                    right[(k * 4) + i] += w * c[i] * to.Data[(p * 3) + k] / 255.0;
            }
        }

        var total = normal[15];
        if (total < 1)
            return Identity;
        // Ridge towards slope 1 on grey: 0.2 % of a unit variance keeps near-constant layers from exploding.
        var ridge = 0.002 * total;
        var rows = new double[12];
        for (var k = 0; k < 3; k++)
        {
            var a = (double[])normal.Clone();
            var b = right.AsSpan(k * 4, 4).ToArray();
            for (var i = 0; i < 3; i++)
            {
                a[(i * 4) + i] += ridge;
                b[i] += ridge * (1.0 / 3);
            }

            Solve4(a, b).CopyTo(rows.AsSpan(k * 4));
        }

        return new ColourMap(rows);
    }

    /// <summary>The mapped colour of one pixel, clipped to 0..255.</summary>
    public void Apply(ReadOnlySpan<float> rgb, Span<float> destination)
    {
        var (r, g, b) = (rgb[0], rgb[1], rgb[2]);
        for (var k = 0; k < 3; k++)
        {
            var row = _rows.AsSpan(k * 4, 4);
            destination[k] = (float)Math.Clamp((row[0] * r) + (row[1] * g) + (row[2] * b) + (row[3] * 255), 0, 255);
        }
    }

    /// <summary>The mapped picture, clipped to 0..255.</summary>
    public Raster<float> Apply(Raster<float> rgb)
    {
        var result = new Raster<float>(rgb.Width, rgb.Height, 3);
        Parallel.For(0, rgb.Height, y =>
        {
            var source = rgb.Row(y);
            var target = result.Row(y);
            for (var i = 0; i < source.Length; i += 3)
                Apply(source.Slice(i, 3), target.Slice(i, 3));
        });
        return result;
    }

    /// <summary>How much each output channel changes per unit of input luminance (the sum of its row).</summary>
    public (float R, float G, float B) LuminanceSlope =>
        ((float)(_rows[0] + _rows[1] + _rows[2]), (float)(_rows[4] + _rows[5] + _rows[6]), (float)(_rows[8] + _rows[9] + _rows[10]));

    private static double[] Solve4(double[] a, double[] b)
    {
        const int N = 4;
        for (var column = 0; column < N; column++)
        {
            var pivot = column;
            for (var row = column + 1; row < N; row++)
            {
                if (Math.Abs(a[(row * N) + column]) > Math.Abs(a[(pivot * N) + column]))
                    pivot = row;
            }

            for (var i = 0; i < N; i++)
                (a[(column * N) + i], a[(pivot * N) + i]) = (a[(pivot * N) + i], a[(column * N) + i]);
            (b[column], b[pivot]) = (b[pivot], b[column]);
            for (var row = column + 1; row < N; row++)
            {
                var factor = a[(row * N) + column] / a[(column * N) + column];
                for (var i = column; i < N; i++)
                    a[(row * N) + i] -= factor * a[(column * N) + i];
                b[row] -= factor * b[column];
            }
        }

        for (var row = N - 1; row >= 0; row--)
        {
            for (var i = row + 1; i < N; i++)
                b[row] -= a[(row * N) + i] * b[i];
            b[row] /= a[(row * N) + row];
        }

        return b;
    }
}
