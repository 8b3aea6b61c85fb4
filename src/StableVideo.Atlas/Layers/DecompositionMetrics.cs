namespace StableVideo.Atlas;

/// <summary>How well a decomposition reproduces its clip. PSNR in dB over RGB, averaged over frames.</summary>
/// <param name="Psnr">Whole frame, with the gain field.</param>
/// <param name="PsnrWithoutGain">Whole frame, atlases alone: the figure to compare with neural layered atlases.</param>
/// <param name="ForegroundPsnr">Pixels with alpha above one half, with the gain field.</param>
/// <param name="WorstPsnr">The worst frame's PSNR, with the gain field.</param>
/// <param name="Ssim">Structural similarity, with the gain field.</param>
/// <param name="UvJitterMedian">Median over foreground pixels of how far UV slide between neighbouring frames along the optical flow, in atlas pixels.</param>
/// <param name="UvJitter95">95th percentile of the same.</param>
/// <param name="ForegroundShare">Mean share of the frame the foreground covers, 0..1.</param>
public sealed record DecompositionMetrics(
    double Psnr,
    double PsnrWithoutGain,
    double ForegroundPsnr,
    double WorstPsnr,
    double Ssim,
    double UvJitterMedian,
    double UvJitter95,
    double ForegroundShare)
{
    /// <summary>The figures by the names reports use.</summary>
    public IReadOnlyDictionary<string, double> ToDictionary() => new Dictionary<string, double>(StringComparer.Ordinal)
    {
        ["psnr"] = Psnr,
        ["psnrWithoutGain"] = PsnrWithoutGain,
        ["foregroundPsnr"] = ForegroundPsnr,
        ["worstPsnr"] = WorstPsnr,
        ["ssim"] = Ssim,
        ["uvJitterMedian"] = UvJitterMedian,
        ["uvJitter95"] = UvJitter95,
        ["foregroundShare"] = ForegroundShare,
    };
}
