using StableVideo.Diffusion;
using StableVideo.Imaging;

namespace StableVideo.Editing;

/// <summary>Denoising steps as a fraction, a message and, now and then, a picture, on the calling thread.</summary>
internal sealed class StepProgress(Action<double, string> report, string what, StagePreviews previews, string preview) : IDenoisingObserver
{
    public void Report(DenoiseProgress value) => report((double)value.Step / value.Steps, $"{what}: step {value.Step} of {value.Steps}");

    public void Look(Func<int, Raster<byte>> decode) => previews.Offer(preview, decode);
}
