namespace StableVideo.Imaging.Flow;

/// <summary>
/// First and second derivatives of the mean of two pictures, the second one warped by the flow, and of their difference (T); in <see cref="PaddedPlane"/> layout.
/// </summary>
internal sealed class FlowDerivatives : IDisposable
{
    private readonly PaddedPlane[] _planes;

    public FlowDerivatives(PaddedPlane a, PaddedPlane b, PaddedPlane u, PaddedPlane v)
    {
        var (mean, difference) = (new PaddedPlane(a.Width, a.Height), new PaddedPlane(a.Width, a.Height));
        for (var y = 0; y < a.Height; y++)
        {
            for (int x = 0, i = a.Index(0, y); x < a.Width; x++, i++)
            {
                var warped = Sample(b, x + u.Data[i], y + v.Data[i]);
                mean.Data[i] = 0.5f * (a.Data[i] + warped);
                difference.Data[i] = warped - a.Data[i];
            }
        }

        mean.RepeatBorder();
        difference.RepeatBorder();
        var (meanX, meanY) = mean.Gradients();
        var (differenceX, differenceY) = difference.Gradients();
        var (meanXX, meanXY) = meanX.Gradients();
        var (meanYX, meanYY) = meanY.Gradients();
        mean.Dispose();
        meanYX.Dispose();
        _planes = [meanX, meanY, difference, differenceX, differenceY, meanXX, meanXY, meanYY];
        (X, Y, T, XT, YT) = (meanX.Data, meanY.Data, difference.Data, differenceX.Data, differenceY.Data);
        (XX, XY, YY) = (meanXX.Data, meanXY.Data, meanYY.Data);
    }

    public float[] X { get; }

    public float[] Y { get; }

    public float[] T { get; }

    public float[] XX { get; }

    public float[] XY { get; }

    public float[] YY { get; }

    public float[] XT { get; }

    public float[] YT { get; }

    public void Dispose()
    {
        foreach (var plane in _planes)
            plane.Dispose();
    }

    /// <summary>Bilinear; positions far outside the picture see its border.</summary>
    private static float Sample(PaddedPlane plane, float x, float y)
    {
        x = Math.Clamp(x, -8f, plane.Width + 7f);
        y = Math.Clamp(y, -8f, plane.Height + 7f);
        int ix = (int)MathF.Floor(x), iy = (int)MathF.Floor(y), k = plane.Index(ix, iy);
        float fx = x - ix, fy = y - iy;
        var upper = plane.Data[k] + (fx * (plane.Data[k + 1] - plane.Data[k]));
        var lower = plane.Data[k + plane.Stride] + (fx * (plane.Data[k + plane.Stride + 1] - plane.Data[k + plane.Stride]));
        return upper + (fy * (lower - upper));
    }
}
