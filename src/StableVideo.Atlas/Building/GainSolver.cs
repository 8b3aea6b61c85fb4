using StableVideo.Imaging;

namespace StableVideo.Atlas.Building;

/// <summary>
/// Gains of a frame over its rendering R: a coarse RGB field <c>(sum I R + eps) / (sum R R + eps)</c> for exposure and colour of light,
/// times a finer grey one for moving shadows.
/// </summary>
internal static class GainSolver
{
    private const int FinePerCoarse = 4;
    private const double Epsilon = 400;
    private const double Least = 0.25;
    private const double Most = 2.5;

    /// <summary>Cells of the stored field: square, about <paramref name="coarseColumns"/> * 4 of them along the width.</summary>
    public static (int Columns, int Rows) Grid(int coarseColumns, int width, int height)
    {
        var columns = Math.Clamp(coarseColumns * FinePerCoarse, FinePerCoarse, Math.Max(FinePerCoarse, width / 4));
        return (columns, Math.Clamp((int)Math.Round((double)columns * height / width), 2, Math.Max(2, height / 2)));
    }

    /// <summary>Writes the gains of one frame, [rows, columns, 3].</summary>
    public static void Solve(Raster<byte> frame, Raster<float> rendering, int columns, int rows, Span<float> gains)
    {
        var (cross, square) = Sums(frame, rendering, columns, rows);
        var (wideCross, wideSquare) = (Blur(cross, columns, rows, FinePerCoarse), Blur(square, columns, rows, FinePerCoarse));
        var (nearCross, nearSquare) = (Blur(cross, columns, rows, 1), Blur(square, columns, rows, 1));
        Span<double> colour = stackalloc double[3];
        for (var i = 0; i < cross.Length; i += 3)
        {
            double seen = Epsilon, made = Epsilon;
            for (var c = 0; c < 3; c++)
            {
                colour[c] = Math.Clamp((wideCross[i + c] + Epsilon) / (wideSquare[i + c] + Epsilon), Least, Most);
                seen += colour[c] * nearCross[i + c];
                made += colour[c] * colour[c] * nearSquare[i + c];
            }

            for (var c = 0; c < 3; c++)
                gains[i + c] = GainField.Step * (float)Math.Round(Math.Clamp(colour[c] * seen / made, Least, Most) / GainField.Step);
        }
    }

    /// <summary>Means of I R and R R per cell.</summary>
    private static (double[] Cross, double[] Square) Sums(Raster<byte> frame, Raster<float> rendering, int columns, int rows)
    {
        var cross = new double[columns * rows * 3];
        var square = new double[columns * rows * 3];
        Rows.For(rows, j =>
        {
            int top = j * frame.Height / rows, bottom = (j + 1) * frame.Height / rows;
            for (var y = top; y < bottom; y++)
            {
                var seen = frame.Row(y);
                var made = rendering.Row(y);
                for (var i = 0; i < columns; i++)
                {
                    int left = (int)((long)i * frame.Width / columns), right = (int)((long)(i + 1) * frame.Width / columns);
                    var share = 1.0 / ((right - left) * (bottom - top));
                    for (var x = 3 * left; x < 3 * right; x++)
                    {
                        var cell = (((j * columns) + i) * 3) + ((x - (3 * left)) % 3);
                        cross[cell] += seen[x] * made[x] * share;
                        square[cell] += made[x] * made[x] * share;
                    }
                }
            }
        });
        return (cross, square);
    }

    /// <summary>A binomial blur of about <paramref name="radius"/> cells with continued edges.</summary>
    private static double[] Blur(double[] cells, int columns, int rows, int radius)
    {
        var result = (double[])cells.Clone();
        var across = new double[cells.Length];
        for (var pass = 0; pass < radius * radius; pass++)
        {
            for (var i = 0; i < cells.Length; i++)
            {
                int x = i / 3 % columns, left = x > 0 ? i - 3 : i, right = x + 1 < columns ? i + 3 : i;
                across[i] = (0.25 * result[left]) + (0.5 * result[i]) + (0.25 * result[right]);
            }

            var down = columns * 3;
            for (var i = 0; i < cells.Length; i++)
            {
                int y = i / down, up = y > 0 ? i - down : i, below = y + 1 < rows ? i + down : i;
                result[i] = (0.25 * across[up]) + (0.5 * across[i]) + (0.25 * across[below]);
            }
        }

        return result;
    }
}
