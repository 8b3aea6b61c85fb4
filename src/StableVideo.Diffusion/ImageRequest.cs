using StableVideo.Imaging;

namespace StableVideo.Diffusion;

/// <summary>What <see cref="ImageModel.Generate"/> shall paint.</summary>
public sealed record ImageRequest
{
    /// <summary>What the picture shall show.</summary>
    public required string Prompt { get; init; }

    /// <summary>What it shall not show; empty by default.</summary>
    public string NegativePrompt { get; init; } = "";

    /// <summary>
    /// The RGB picture whose structure the result keeps. Its size is the size of the result; both sides must be multiples of
    /// <see cref="ImageModelInfo.SizeMultiple"/>.
    /// </summary>
    public required Raster<byte> Structure { get; init; }

    /// <summary>Seed of the noise; the low 32 bits count, as for PyTorch's CPU generator.</summary>
    public ulong Seed { get; init; }

    /// <summary>Denoising steps of the whole schedule, 1..1000; 0 (the default) takes the model's recommendation.</summary>
    public int Steps { get; init; }

    /// <summary>Classifier-free guidance scale; 1 switches guidance off, null (the default) takes the model's recommendation.</summary>
    public float? GuidanceScale { get; init; }

    /// <summary>
    /// How much of the contrast that guidance adds is taken back, 0..1: keeps strongly guided pictures from over-exposure.
    /// Null (the default) takes the model's recommendation.
    /// </summary>
    public float? GuidanceRescale { get; init; }

    /// <summary>How strongly the structure binds: factor on the ControlNet's residuals, 0..2, 1 by default.</summary>
    public float ControlScale { get; init; } = 1;

    /// <summary>An RGB picture of the size of <see cref="Structure"/> to start from, or null to start from pure noise.</summary>
    public Raster<byte>? Init { get; init; }

    /// <summary>
    /// With <see cref="Init"/>: how much of the schedule runs, above 0 up to 1. The first <c>steps - floor(steps * strength)</c> steps are skipped.
    /// Null takes the model's recommendation.
    /// </summary>
    public float? Strength { get; init; }

    /// <summary>The solver of the denoising loop; DDIM by default.</summary>
    public SamplerKind Sampler { get; init; } = SamplerKind.Ddim;

    /// <exception cref="ArgumentException">A picture of the wrong shape or a number out of its range.</exception>
    internal void Validate(int sizeMultiple)
    {
        ArgumentNullException.ThrowIfNull(Prompt);
        ArgumentNullException.ThrowIfNull(NegativePrompt);
        ArgumentNullException.ThrowIfNull(Structure);
        if (Structure.Channels != 3)
            throw new ArgumentException($"The structure picture must have 3 channels, it has {Structure.Channels}.");
        if (Structure.Width % sizeMultiple != 0 || Structure.Height % sizeMultiple != 0)
            throw new ArgumentException($"The structure picture is {Structure.Width}x{Structure.Height}; both sides must be multiples of {sizeMultiple}.");
        if (Init is not null && (Init.Channels != 3 || Init.Width != Structure.Width || Init.Height != Structure.Height))
        {
            throw new ArgumentException(
                $"The start picture is {Init.Width}x{Init.Height} with {Init.Channels} channels; it must be {Structure.Width}x{Structure.Height} with 3, like the structure picture.");
        }

        RequireWithin(nameof(Steps), Steps, 0, 1000);
        RequireWithin(nameof(GuidanceScale), GuidanceScale ?? 1, 0, 100);
        RequireWithin(nameof(GuidanceRescale), GuidanceRescale ?? 0, 0, 1);
        RequireWithin(nameof(ControlScale), ControlScale, 0, 2);
        RequireWithin(nameof(Strength), Strength ?? 1, 0, 1);
    }

    private static void RequireWithin(string name, float value, float least, float most)
    {
        if (!(value >= least && value <= most))
            throw new ArgumentException($"{name} is {value}; it must be from {least} to {most}.");
    }
}
