using StableVideo.Imaging;

namespace StableVideo.Atlas.Building;

/// <summary>Coarse multiplicative gains of a frame over its rendering R: per cell <c>(sum I R + eps) / (sum R R + eps)</c>, lightly smoothed.</summary>
internal static class GainSolver
{
    private const double Epsilon = 400;
    private const float Least = 0.4f;
    private const float Most = 2.5f;

    /// <summary>Rows of cells that keep them square.</summary>
    public static int RowsFor(int columns, int width, int height) => Math.Max(2, (int)Math.Round((double)columns * height / width));

    /// <summary>Writes the gains of one frame, [rows, columns, 3].</summary>
    public static void Solve(Raster<byte> frame, Raster<float> rendering, int columns, int rows, Span<float> gains)
    {
        var cross = new double[columns * rows * 3];
        var square = new double[columns * rows * 3];
        var counts = new int[columns * rows];
        Rows.For(rows, j =>
        {
            for (var y = j * frame.Height / rows; y < (j + 1) * frame.Height / rows; y++)
            {
                var seen = frame.Row(y);
                var made = rendering.Row(y);
                for (var x = 0; x < frame.Width; x++)
                {
                    var cell = (j * columns) + (int)((long)x * columns / frame.Width);
                    counts[cell]++;
                    for (var c = 0; c < 3; c++)
                    {
                        float r = made[(3 * x) + c];
                        cross[(3 * cell) + c] += seen[(3 * x) + c] * r;
                        square[(3 * cell) + c] += r * r;
                    }
                }
            }
        });
        for (var i = 0; i < cross.Length; i++)
            (cross[i], square[i]) = (cross[i] / Math.Max(1, counts[i / 3]), square[i] / Math.Max(1, counts[i / 3]));
        Smooth(cross, columns, rows);
        Smooth(square, columns, rows);
        for (var i = 0; i < cross.Length; i++)
            gains[i] = Math.Clamp((float)((cross[i] + Epsilon) / (square[i] + Epsilon)), Least, Most);
    }

    /// <summary>A 3x3 binomial blur with continued edges.</summary>
    private static void Smooth(double[] cells, int columns, int rows)
    {
        var across = new double[cells.Length];
        for (var i = 0; i < cells.Length; i++)
        {
            int x = i / 3 % columns, left = x > 0 ? i - 3 : i, right = x + 1 < columns ? i + 3 : i;
            across[i] = (0.2 * cells[left]) + (0.6 * cells[i]) + (0.2 * cells[right]);
        }

        var down = columns * 3;
        for (var i = 0; i < cells.Length; i++)
        {
            int y = i / down, up = y > 0 ? i - down : i, below = y + 1 < rows ? i + down : i;
            cells[i] = (0.2 * across[up]) + (0.6 * across[i]) + (0.2 * across[below]);
        }
    }
}
