namespace StableVideo.Editing;

/// <summary>Kingma and Ba, "Adam" (2015), algorithm 1, for one array of weights.</summary>
internal sealed class Adam(float[] weights)
{
    private const float Beta1 = 0.9f;
    private const float Beta2 = 0.999f;
    private const float Epsilon = 1e-8f;
    private readonly float[] _mean = new float[weights.Length];
    private readonly float[] _square = new float[weights.Length];
    private int _step;

    /// <summary>Moves the weights against their gradient.</summary>
    public void Step(ReadOnlySpan<float> gradient, float rate)
    {
        _step++;
        var correction1 = 1 - MathF.Pow(Beta1, _step);
        var correction2 = 1 - MathF.Pow(Beta2, _step);
        for (var i = 0; i < weights.Length; i++)
        {
            _mean[i] = (Beta1 * _mean[i]) + ((1 - Beta1) * gradient[i]);
            _square[i] = (Beta2 * _square[i]) + ((1 - Beta2) * gradient[i] * gradient[i]);
            weights[i] -= rate * (_mean[i] / correction1) / (MathF.Sqrt(_square[i] / correction2) + Epsilon);
        }
    }
}
