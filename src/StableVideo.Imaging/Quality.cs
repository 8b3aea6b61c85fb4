namespace StableVideo.Imaging;

/// <summary>Full-reference picture quality.</summary>
public static class Quality
{
    /// <summary>PSNR reported for identical pictures, in dB.</summary>
    public const double IdenticalPsnr = 100;

    /// <summary>Peak signal-to-noise ratio over all channels, in dB, peak 255; <see cref="IdenticalPsnr"/> at most.</summary>
    /// <param name="first">A picture.</param>
    /// <param name="second">Same shape.</param>
    /// <param name="mask">Only pixels with a value of at least 128 count; null for all. An empty mask gives <see cref="IdenticalPsnr"/>.</param>
    public static double Psnr(Raster<byte> first, Raster<byte> second, Raster<byte>? mask = null)
    {
        RequireSameShape(first, second, mask);
        var count = mask is null ? first.Width * first.Height : MaskOps.Area(mask);
        var squared = Rows.Sum(first.Height, y =>
        {
            var a = first.Row(y);
            var b = second.Row(y);
            var inside = mask is null ? default : mask.Row(y);
            long sum = 0;
            for (var i = 0; i < a.Length; i++)
            {
                if (!inside.IsEmpty && inside[i / first.Channels] < MaskOps.Inside)
                    continue;
                var difference = a[i] - b[i];
                sum += difference * difference;
            }

            return sum;
        });
        return squared == 0 ? IdenticalPsnr : Math.Min(IdenticalPsnr, 10 * Math.Log10(255.0 * 255.0 * count * first.Channels / squared));
    }

    /// <summary>
    /// Structural similarity of the luma (Wang et al. 2004: 11x11 Gaussian window of sigma 1.5, K1 0.01, K2 0.03), averaged over pixels; 1 for identical pictures.
    /// </summary>
    /// <param name="first">A picture of 1, 3 or 4 channels.</param>
    /// <param name="second">Same shape.</param>
    /// <param name="mask">Only pixels with a value of at least 128 count; null for all.</param>
    public static double Ssim(Raster<byte> first, Raster<byte> second, Raster<byte>? mask = null)
    {
        RequireSameShape(first, second, mask);
        const double Sigma = 1.5;
        const float C1 = 0.01f * 255 * 0.01f * 255;
        const float C2 = 0.03f * 255 * 0.03f * 255;
        var (a, b) = (Colour.ToGray(first).ToFloat(), Colour.ToGray(second).ToFloat());
        var meanA = Resample.GaussianBlur(a, Sigma);
        var meanB = Resample.GaussianBlur(b, Sigma);
        var squareA = Resample.GaussianBlur(Product(a, a), Sigma);
        var squareB = Resample.GaussianBlur(Product(b, b), Sigma);
        var mixed = Resample.GaussianBlur(Product(a, b), Sigma);
        var count = mask is null ? first.Width * first.Height : MaskOps.Area(mask);
        if (count == 0)
            return 1;
        return Rows.Sum(first.Height, y =>
        {
            var sum = 0.0;
            for (int x = 0, i = y * first.Width; x < first.Width; x++, i++)
            {
                if (mask is not null && mask.Data[i] < MaskOps.Inside)
                    continue;
                var (ma, mb) = (meanA.Data[i], meanB.Data[i]);
                var varianceA = squareA.Data[i] - (ma * ma);
                var varianceB = squareB.Data[i] - (mb * mb);
                var covariance = mixed.Data[i] - (ma * mb);
                sum += ((2 * ma * mb) + C1) * ((2 * covariance) + C2) / (((ma * ma) + (mb * mb) + C1) * (varianceA + varianceB + C2));
            }

            return sum;
        }) / count;
    }

    private static Raster<float> Product(Raster<float> a, Raster<float> b)
    {
        var result = new Raster<float>(a.Width, a.Height, a.Channels);
        System.Numerics.Tensors.TensorPrimitives.Multiply(a.Data, b.Data, result.Data);
        return result;
    }

    private static void RequireSameShape(Raster<byte> first, Raster<byte> second, Raster<byte>? mask)
    {
        if (!first.SameShape(second))
            throw new ArgumentException($"Pictures differ: {first.Width}x{first.Height}x{first.Channels} and {second.Width}x{second.Height}x{second.Channels}.", nameof(second));
        if (mask is not null && (mask.Width != first.Width || mask.Height != first.Height || mask.Channels != 1))
            throw new ArgumentException("The mask does not fit the picture.", nameof(mask));
    }
}
