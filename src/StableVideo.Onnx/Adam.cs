namespace StableVideo.Onnx;

/// <summary>Kingma and Ba, "Adam: A Method for Stochastic Optimization" (2015), algorithm 1, over one array of parameters.</summary>
/// <param name="parameters">Changed in place by <see cref="Step"/>.</param>
/// <param name="rate">The first <see cref="Rate"/>.</param>
/// <param name="meanDecay">Decay of the gradient's running mean (beta 1).</param>
/// <param name="squareDecay">Decay of its running square (beta 2).</param>
/// <param name="epsilon">Keeps the division finite.</param>
public sealed class Adam(float[] parameters, float rate, float meanDecay = 0.9f, float squareDecay = 0.999f, float epsilon = 1e-8f)
{
    private readonly float[] _mean = new float[parameters.Length];
    private readonly float[] _square = new float[parameters.Length];
    private int _steps;

    /// <summary>Step size: about how far a parameter moves in one step, whatever the gradient's size. May change between steps.</summary>
    public float Rate { get; set; } = rate;

    /// <summary>Moves the parameters against their gradient.</summary>
    /// <param name="gradient">One number for each parameter.</param>
    /// <exception cref="ArgumentException">The gradient has another length than the parameters.</exception>
    public void Step(ReadOnlySpan<float> gradient)
    {
        if (gradient.Length != parameters.Length)
            throw new ArgumentException($"A gradient of {gradient.Length} numbers does not fit {parameters.Length} parameters.", nameof(gradient));
        _steps++;
        var meanCorrection = 1 - MathF.Pow(meanDecay, _steps);
        var squareCorrection = 1 - MathF.Pow(squareDecay, _steps);
        for (var i = 0; i < parameters.Length; i++)
        {
            _mean[i] = (meanDecay * _mean[i]) + ((1 - meanDecay) * gradient[i]);
            _square[i] = (squareDecay * _square[i]) + ((1 - squareDecay) * gradient[i] * gradient[i]);
            parameters[i] -= Rate * (_mean[i] / meanCorrection) / (MathF.Sqrt(_square[i] / squareCorrection) + epsilon);
        }
    }
}
