namespace StableVideo.Atlas.Solving;

/// <summary>
/// Smoothness of one frame's lattice: <c>bending (|d_xx|^2 + 2 |d_xy|^2 + |d_yy|^2) + membrane (|d_x|^2 + |d_y|^2)</c>, as differences of neighbouring nodes.
/// It acts on the deviation from the global motion, so similarities (or homographies) cost nothing.
/// </summary>
internal readonly record struct LatticeRegulariser(float Bending, float Membrane)
{
    /// <summary>An upper bound of the diagonal, for the preconditioner.</summary>
    public float Diagonal => (20 * Bending) + (4 * Membrane);

    /// <summary><c>result += R^T R d</c> for one frame, [rows, columns, 2].</summary>
    public void AddProduct(ReadOnlySpan<float> d, Span<float> result, int columns, int rows)
    {
        int right = 2, down = columns * 2;
        for (var y = 0; y < rows; y++)
        {
            for (var x = 0; x < columns; x++)
            {
                for (var i = ((y * columns) + x) * 2; i < (((y * columns) + x) * 2) + 2; i++)
                {
                    bool onRight = x + 1 < columns, onDown = y + 1 < rows;
                    if (onRight)
                        First(d, result, i, right);
                    if (onDown)
                        First(d, result, i, down);
                    if (x + 2 < columns)
                        Second(d, result, i, right);
                    if (y + 2 < rows)
                        Second(d, result, i, down);
                    if (onRight && onDown)
                        Mixed(d, result, i, right, down);
                }
            }
        }
    }

    private void First(ReadOnlySpan<float> d, Span<float> result, int i, int step)
    {
        var r = Membrane * (d[i + step] - d[i]);
        result[i + step] += r;
        result[i] -= r;
    }

    private void Second(ReadOnlySpan<float> d, Span<float> result, int i, int step)
    {
        var r = Bending * (d[i + (2 * step)] - (2 * d[i + step]) + d[i]);
        result[i + (2 * step)] += r;
        result[i + step] -= 2 * r;
        result[i] += r;
    }

    private void Mixed(ReadOnlySpan<float> d, Span<float> result, int i, int right, int down)
    {
        var r = 2 * Bending * (d[i + right + down] - d[i + right] - d[i + down] + d[i]);
        result[i + right + down] += r;
        result[i + right] -= r;
        result[i + down] -= r;
        result[i] += r;
    }
}
