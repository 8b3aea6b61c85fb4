using StableVideo.Atlas;
using StableVideo.Imaging;

namespace StableVideo.Editing;

/// <summary><c>sum_i || alpha_i (sample(A, UVf(., ki)) - Ei) ||_1</c>, as a mean per object pixel and channel, in grey levels.</summary>
internal sealed class AggregationLoss
{
    private readonly IReadOnlyList<AggregationTarget> _targets;
    private readonly List<Raster<float>> _buffers = [];
    private readonly double _scale;

    public AggregationLoss(IReadOnlyList<AggregationTarget> targets)
    {
        _targets = targets;
        double alphas = 0;
        foreach (var target in targets)
        {
            foreach (var alpha in target.View.Alpha.Data)
                alphas += alpha / 255.0;
            _buffers.Add(new Raster<float>(target.Painted.Width, target.Painted.Height, 3));
        }

        _scale = 1 / Math.Max(1, 3 * alphas);
    }

    /// <summary>The loss of an atlas.</summary>
    public double Value(Raster<float> atlas) => Compute(atlas, null);

    /// <summary>The loss of an atlas; its gradient is added to <paramref name="gradient"/> [V,U,3].</summary>
    public double ValueAndGradient(Raster<float> atlas, Raster<float> gradient) => Compute(atlas, gradient);

    private double Compute(Raster<float> atlas, Raster<float>? gradient)
    {
        double sum = 0;
        for (var i = 0; i < _targets.Count; i++)
        {
            var (target, sampled) = (_targets[i], _buffers[i]);
            AtlasSampler.Sample(atlas, target.View.Uv, sampled);
            for (var p = 0; p < sampled.Data.Length; p++)
            {
                // Ei carries alpha already: alpha (sample - E) = alpha sample - Ei.
                var alpha = target.View.Alpha.Data[p / 3] / 255f;
                var difference = (alpha * sampled.Data[p]) - target.Painted.Data[p];
                sum += Math.Abs(difference);
                sampled.Data[p] = alpha * Math.Sign(difference) * (float)_scale;
            }

            if (gradient is not null)
                AtlasSampler.SampleAdjoint(sampled, target.View.Uv, gradient);
        }

        return sum * _scale;
    }
}
