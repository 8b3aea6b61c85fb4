namespace StableVideo.Diffusion;

/// <summary>UniPC of second order with B(h) = expm1(h), in data prediction: Zhao et al. 2023, algorithms 5 to 8.</summary>
internal sealed class UniPcSampler(NoiseSchedule schedule, int steps) : MultistepSampler(schedule, steps)
{
    private float[] _previousLatents = [];
    private int _order;

    protected override void Advance(int step, Span<float> latents)
    {
        // The corrector improves the latents just reached with the network's answer there.
        if (StepsDone > 0)
            Correct(step, latents);
        if (_previousLatents.Length != latents.Length)
            _previousLatents = new float[latents.Length];
        latents.CopyTo(_previousLatents);
        _order = Math.Min(Math.Min(2, Timesteps.Count - step), StepsDone + 1);
        Predict(step, latents);
    }

    private void Predict(int step, Span<float> latents)
    {
        var (from, to) = (Level(step), Level(step + 1));
        var length = to.Lambda - from.Lambda;
        var keep = to.Sigma / from.Sigma;
        var gain = -to.Alpha * double.ExpM1(-length);
        var ratio = _order == 1 ? 0 : (Level(step - 1).Lambda - from.Lambda) / length;
        for (var i = 0; i < latents.Length; i++)
        {
            var slope = _order == 1 ? 0 : 0.5 * (PreviousClean[i] - Clean[i]) / ratio;
            latents[i] = (float)(keep * latents[i] + gain * (Clean[i] + slope));
        }
    }

    /// <summary>Repeats the last step, from its own latents, with the clean prediction at its end known.</summary>
    private void Correct(int step, Span<float> latents)
    {
        var (from, to) = (Level(step - 1), Level(step));
        var length = to.Lambda - from.Lambda;
        var keep = to.Sigma / from.Sigma;
        var exponential = double.ExpM1(-length);
        var gain = -to.Alpha * exponential;
        var (ratio, old, now) = (1.0, 0.0, 0.5);
        if (_order == 2)
        {
            ratio = (Level(step - 2).Lambda - from.Lambda) / length;
            var first = exponential / -length - 1;
            var second = first / -length - 0.5;
            var (b1, b2) = (first / exponential, 2 * second / exponential);
            old = (b2 - b1) / (ratio - 1);
            now = b1 - old;
        }

        for (var i = 0; i < latents.Length; i++)
        {
            var history = _order == 2 ? old * (OlderClean[i] - PreviousClean[i]) / ratio : 0;
            latents[i] = (float)(keep * _previousLatents[i] + gain * (PreviousClean[i] + history + now * (Clean[i] - PreviousClean[i])));
        }
    }
}
