using StableVideo.Atlas.Solving;
using StableVideo.Imaging;

namespace StableVideo.Atlas.Building;

/// <summary>Measures how well a finished decomposition reproduces its clip.</summary>
internal static class MetricsMeter
{
    private const int SsimEvery = 4;
    private const byte Sure = 230;

    public static DecompositionMetrics Measure(Decomposition decomposition, IReadOnlyFrameSequence frames, SolveClip clip, TrustedFlow flow, StageProgress progress)
    {
        int count = frames.Count, withForeground = 0, measuredSsim = 0;
        double psnr = 0, plain = 0, front = 0, worst = double.MaxValue, ssim = 0, share = 0;
        var rendering = new Raster<byte>(frames.Width, frames.Height, 3);
        for (var t = 0; t < count; t++)
        {
            var frame = frames[t];
            var alpha = decomposition.Alpha(t);
            Compositor.Compose(decomposition, t, decomposition.Foreground.Atlas, decomposition.Background.Atlas, rendering, withGain: false);
            plain += Quality.Psnr(frame, rendering);
            Compositor.Compose(decomposition, t, decomposition.Foreground.Atlas, decomposition.Background.Atlas, rendering);
            var own = Quality.Psnr(frame, rendering);
            psnr += own;
            worst = Math.Min(worst, own);
            var area = MaskOps.Area(alpha);
            share += (double)area / (alpha.Width * alpha.Height);
            if (area > 0)
            {
                front += Quality.Psnr(frame, rendering, alpha);
                withForeground++;
            }

            if (t % SsimEvery == 0)
            {
                ssim += Quality.Ssim(frame, rendering);
                measuredSsim++;
            }

            progress.Report(t + 1, count);
        }

        var (median, high) = Jitter(decomposition, clip, flow);
        return new DecompositionMetrics(psnr / count, plain / count, front / Math.Max(1, withForeground), worst, ssim / measuredSsim, median, high, share / count);
    }

    /// <summary>Median and 95th percentile of <c>|UVf_(t+1)(x + f) - UVf_t(x)|</c> over sure foreground pixels with trusted flow.</summary>
    private static (double Median, double High) Jitter(Decomposition decomposition, SolveClip clip, TrustedFlow flow)
    {
        var map = decomposition.Foreground.Map;
        var slides = new List<float>();
        var next = Resample.Resize(decomposition.Alpha(0), clip.Width, clip.Height);
        for (var t = 0; t < flow.Count; t++)
        {
            var alpha = next;
            next = Resample.Resize(decomposition.Alpha(t + 1), clip.Width, clip.Height);
            for (var y = 0; y < clip.Height; y += TrustedFlow.Step)
            {
                for (var x = 0; x < clip.Width; x += TrustedFlow.Step)
                {
                    if (alpha[x, y] < Sure || flow.At(t, x, y) is not { } move)
                        continue;
                    float x2 = x + move.X, y2 = y + move.Y;
                    if (next[(int)Math.Clamp(MathF.Round(x2), 0, clip.Width - 1), (int)Math.Clamp(MathF.Round(y2), 0, clip.Height - 1)] < Sure)
                        continue;
                    var (u, v) = map.At(t, (x + 0.5) * clip.ScaleX, (y + 0.5) * clip.ScaleY);
                    var (u2, v2) = map.At(t + 1, (x2 + 0.5) * clip.ScaleX, (y2 + 0.5) * clip.ScaleY);
                    slides.Add((float)Math.Sqrt(((u2 - u) * (u2 - u)) + ((v2 - v) * (v2 - v))));
                }
            }
        }

        if (slides.Count == 0)
            return (0, 0);
        slides.Sort();
        return (slides[slides.Count / 2], slides[(int)(slides.Count * 0.95)]);
    }
}
