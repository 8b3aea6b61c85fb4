namespace StableVideo.Atlas;

/// <summary>
/// A smooth multiplicative RGB field per frame, [T, Rows, Columns, 3], that absorbs exposure and lighting changes, moving shadows among them, that a static atlas can not hold.
/// It is applied to edited renders too, so that shadows and exposure stay.
/// </summary>
public sealed class GainField
{
    /// <summary>Gains are stored in steps of this.</summary>
    public const float Step = 1f / 512;

    private readonly float[] _values;

    /// <summary>Wraps solved gains.</summary>
    /// <exception cref="ArgumentException">The length does not fit the shape.</exception>
    public GainField(int frameCount, int columns, int rows, float[] values)
    {
        ArgumentNullException.ThrowIfNull(values);
        if (values.Length != checked(frameCount * columns * rows * 3))
            throw new ArgumentException($"Gains of {frameCount} frames of {columns}x{rows} cells need {frameCount * columns * rows * 3} numbers, got {values.Length}.", nameof(values));
        (FrameCount, Columns, Rows, _values) = (frameCount, columns, rows, values);
    }

    /// <summary>Number of frames.</summary>
    public int FrameCount { get; }

    /// <summary>Cells per row.</summary>
    public int Columns { get; }

    /// <summary>Rows of cells.</summary>
    public int Rows { get; }

    /// <summary>All gains, around 1.</summary>
    public ReadOnlySpan<float> Values => _values;

    /// <summary>Gain 1 everywhere.</summary>
    public static GainField Neutral(int frameCount)
    {
        var values = new float[frameCount * 3];
        Array.Fill(values, 1f);
        return new GainField(frameCount, 1, 1, values);
    }

    /// <summary>The gain of row <paramref name="y"/> of a picture of size <paramref name="width"/> x <paramref name="height"/> that covers the frame (cubic interpolation).</summary>
    /// <param name="frame">0 .. FrameCount - 1.</param>
    /// <param name="y">Row of the picture.</param>
    /// <param name="width">Width of the picture in pixels.</param>
    /// <param name="height">Height of the picture in pixels.</param>
    /// <param name="gain">Receives <c>width * 3</c> factors.</param>
    public void FillRow(int frame, int y, int width, int height, Span<float> gain)
    {
        Span<float> line = stackalloc float[Columns * 3];
        Span<float> weights = stackalloc float[4];
        var cells = _values.AsSpan(frame * Rows * Columns * 3, Rows * Columns * 3);
        var j = CubicWeights(((y + 0.5f) * Rows / height) - 0.5f, weights);
        line.Clear();
        for (var k = 0; k < 4; k++)
        {
            var row = cells.Slice(Math.Clamp(j + k, 0, Rows - 1) * Columns * 3, Columns * 3);
            for (var c = 0; c < line.Length; c++)
                line[c] += weights[k] * row[c];
        }

        var scale = (float)Columns / width;
        for (var x = 0; x < width; x++)
        {
            var i = CubicWeights(((x + 0.5f) * scale) - 0.5f, weights);
            int a = Math.Clamp(i, 0, Columns - 1) * 3, b = Math.Clamp(i + 1, 0, Columns - 1) * 3;
            int c = Math.Clamp(i + 2, 0, Columns - 1) * 3, d = Math.Clamp(i + 3, 0, Columns - 1) * 3;
            for (var k = 0; k < 3; k++)
                gain[(3 * x) + k] = (weights[0] * line[a + k]) + (weights[1] * line[b + k]) + (weights[2] * line[c + k]) + (weights[3] * line[d + k]);
        }
    }

    /// <summary>Catmull-Rom weights of the four cells around <paramref name="position"/>; returns the first of them.</summary>
    private static int CubicWeights(float position, Span<float> weights)
    {
        var i = (int)MathF.Floor(position);
        var f = position - i;
        weights[0] = f * ((f * (1 - (0.5f * f))) - 0.5f);
        weights[1] = 1 + (f * f * ((1.5f * f) - 2.5f));
        weights[2] = f * (0.5f + (f * (2 - (1.5f * f))));
        weights[3] = 0.5f * f * f * (f - 1);
        return i - 1;
    }
}
