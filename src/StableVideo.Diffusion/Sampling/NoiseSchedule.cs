namespace StableVideo.Diffusion;

/// <summary>The noise levels a model was trained with, as its diffusers <c>scheduler_config.json</c> describes them.</summary>
public sealed class NoiseSchedule
{
    private static readonly Dictionary<string, PredictionType> Predictions = new(StringComparer.Ordinal)
    {
        ["epsilon"] = PredictionType.Epsilon,
        ["v_prediction"] = PredictionType.Velocity,
        ["sample"] = PredictionType.Sample,
    };

    private static readonly Dictionary<string, TimestepSpacing> Spacings = new(StringComparer.Ordinal)
    {
        ["leading"] = TimestepSpacing.Leading,
        ["trailing"] = TimestepSpacing.Trailing,
        ["linspace"] = TimestepSpacing.Linspace,
    };

    private static readonly Dictionary<string, bool> BetaIsScaled = new(StringComparer.Ordinal) { ["linear"] = false, ["scaled_linear"] = true };
    private static readonly Dictionary<string, bool> EndsClean = new(StringComparer.Ordinal) { ["zero"] = true, ["sigma_min"] = false };

    private readonly double[] _cumulativeAlphas;

    private NoiseSchedule(double[] cumulativeAlphas)
    {
        _cumulativeAlphas = cumulativeAlphas;
    }

    /// <summary>Number T of training timesteps, 1000 for Stable Diffusion.</summary>
    public int TrainingSteps => _cumulativeAlphas.Length;

    /// <summary>What the denoiser predicts.</summary>
    public PredictionType Prediction { get; private init; }

    /// <summary>The spacing the folder asks for; null leaves it to the sampler's own default.</summary>
    public TimestepSpacing? Spacing { get; private init; }

    /// <summary>Added to every timestep of leading spacing.</summary>
    public int StepsOffset { get; private init; }

    /// <summary>Whether DDIM's last step ends at the clean level, otherwise at timestep 0.</summary>
    public bool DdimEndsClean { get; private init; }

    /// <summary>Whether the last step of a multistep solver ends at the clean level, otherwise at timestep 0.</summary>
    public bool MultistepEndsClean { get; private init; }

    /// <summary>Predicted clean latents are clamped to plus and minus this; null does not clamp.</summary>
    public double? ClipRange { get; private init; }

    /// <summary>Cumulative products of <c>1 - beta</c>, one for each training timestep.</summary>
    public IReadOnlyList<double> CumulativeAlphas => _cumulativeAlphas;

    /// <summary>Reads a <c>scheduler_config.json</c>.</summary>
    /// <param name="folder">The model's <c>scheduler</c> folder.</param>
    /// <exception cref="ModelException">The file is missing, or a setting is wrong or not supported.</exception>
    public static NoiseSchedule Open(string folder)
    {
        var settings = ModelSettings.Read(folder, "scheduler_config.json");
        if (settings.CountOf("trained_betas", 0) > 0)
            throw settings.Unsupported("trained_betas", "a list", ["null with beta_schedule, beta_start and beta_end"]);
        if (settings.Flag("thresholding", false))
            throw settings.Unsupported("thresholding", "true", ["false"]);

        var steps = settings.Integer("num_train_timesteps", 1000, 1, 100_000);
        var zeroTerminal = settings.Flag("rescale_betas_zero_snr", false);
        var prediction = settings.Choice("prediction_type", PredictionType.Epsilon, Predictions);
        if (zeroTerminal && prediction == PredictionType.Epsilon)
            throw settings.Unsupported("prediction_type", "epsilon", ["v_prediction or sample where rescale_betas_zero_snr is true"]);

        var spacing = settings.Text("timestep_spacing") is null ? (TimestepSpacing?)null : settings.Choice("timestep_spacing", default, Spacings);
        return new NoiseSchedule(Accumulate(
            steps,
            settings.Number("beta_start", 0.0001, 1e-9, 0.999),
            settings.Number("beta_end", 0.02, 1e-9, 0.999),
            settings.Choice("beta_schedule", false, BetaIsScaled),
            zeroTerminal))
        {
            Prediction = prediction,
            Spacing = spacing,
            StepsOffset = settings.Integer("steps_offset", 0, 0, steps - 1),
            DdimEndsClean = settings.Flag("set_alpha_to_one", true),

            // Folders from before final_sigmas_type and timestep_spacing existed meant an end at timestep 0.
            MultistepEndsClean = settings.Choice("final_sigmas_type", spacing is not null, EndsClean),
            ClipRange = settings.Flag("clip_sample", false) ? settings.Number("clip_sample_range", 1, 0, 1000) : null,
        };
    }

    /// <summary>The noise level at a training timestep 0..T-1; between two timesteps the noise-to-signal ratio is interpolated.</summary>
    public NoiseLevel LevelAt(double timestep)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(timestep);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(timestep, TrainingSteps - 1);
        var lower = (int)timestep;
        var share = timestep - lower;
        if (share == 0)
            return NoiseLevel.FromCumulativeAlpha(_cumulativeAlphas[lower]);
        var below = NoiseLevel.FromCumulativeAlpha(_cumulativeAlphas[lower]).WithSignal().Ratio;
        var above = NoiseLevel.FromCumulativeAlpha(_cumulativeAlphas[lower + 1]).WithSignal().Ratio;
        return NoiseLevel.FromRatio(below + share * (above - below));
    }

    /// <summary>The clean latents that a network's output stands for.</summary>
    /// <param name="level">Level of <paramref name="latent"/>.</param>
    /// <param name="latent">A noisy latent as the network saw it.</param>
    /// <param name="output">The network's output.</param>
    public double CleanFrom(NoiseLevel level, double latent, double output) => Prediction switch
    {
        PredictionType.Epsilon => (latent - level.Sigma * output) / level.Alpha,
        PredictionType.Velocity => level.Alpha * latent - level.Sigma * output,
        _ => output,
    };

    /// <summary>Clamps a clean latent to <see cref="ClipRange"/>.</summary>
    public double Clip(double clean) => ClipRange is { } range ? Math.Clamp(clean, -range, range) : clean;

    private static double[] Accumulate(int steps, double first, double last, bool scaled, bool zeroTerminal)
    {
        var cumulative = new double[steps];
        var product = 1.0;
        for (var i = 0; i < steps; i++)
        {
            var share = steps == 1 ? 0 : (double)i / (steps - 1);
            var root = Math.Sqrt(first) + share * (Math.Sqrt(last) - Math.Sqrt(first));
            product *= 1 - (scaled ? root * root : first + share * (last - first));
            cumulative[i] = product;
        }

        return zeroTerminal ? RescaleToZeroTerminal(cumulative) : cumulative;
    }

    /// <summary>Shifts and scales the signal so that the last timestep has none and the first keeps its own (Lin et al. 2023, algorithm 1).</summary>
    private static double[] RescaleToZeroTerminal(double[] cumulative)
    {
        var first = Math.Sqrt(cumulative[0]);
        var last = Math.Sqrt(cumulative[^1]);
        return [.. cumulative.Select(value => Math.Pow((Math.Sqrt(value) - last) * first / (first - last), 2))];
    }
}
