using StableVideo.Imaging;

namespace StableVideo.Diffusion;

/// <summary>Told of denoising steps like any progress, and shown what the picture is going to be.</summary>
public interface IDenoisingObserver : IProgress<DenoiseProgress>
{
    /// <summary>Called behind each report but the last, on the calling thread.</summary>
    /// <param name="decode">
    /// Decodes what the model now believes the clean picture to be, with a longer side of at most so many pixels; takes part of the time of a step and changes
    /// nothing about the picture that is painted. Only valid during the call.
    /// </param>
    void Look(Func<int, Raster<byte>> decode);
}
