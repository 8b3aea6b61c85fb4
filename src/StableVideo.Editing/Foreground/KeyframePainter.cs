using StableVideo.Atlas;
using StableVideo.Diffusion;
using StableVideo.Imaging;

namespace StableVideo.Editing;

/// <summary>Section 3.3, inter-frame propagation: a keyframe is painted in the look that the earlier ones gave the atlas.</summary>
internal static class KeyframePainter
{
    private const int RimWidth = 5; // pixels of the crop over which the model mixes the object with the black around it

    /// <summary>Paints one keyframe.</summary>
    /// <param name="view">The keyframe.</param>
    /// <param name="earlier">Partial atlases of the keyframes painted before, nearest in time first; empty for the first, which starts from noise.</param>
    /// <param name="atlas">The foreground atlas before the edit, [V,U,3].</param>
    /// <param name="model">The image model.</param>
    /// <param name="settings">Prompt, seed and strengths.</param>
    /// <param name="progress">Told of each step.</param>
    /// <param name="cancellationToken">Stops between steps.</param>
    /// <returns>The crop after the edit, [h,w,3], black outside the object.</returns>
    public static Raster<byte> Paint(
        KeyframeView view,
        IReadOnlyList<PartialAtlas> earlier,
        Raster<float> atlas,
        ImageModel model,
        EditSettings settings,
        IProgress<DenoiseProgress> progress,
        CancellationToken cancellationToken)
    {
        var (width, height) = WorkingSize.ByArea(view.Box.Width, view.Box.Height, model.Info.WorkingSize, model.Info.SizeMultiple);
        var init = earlier.Count == 0 ? null : Resample.Resize(Propagate(view, earlier, atlas), width, height, ResampleFilter.Area);
        var request = new ImageRequest
        {
            Prompt = settings.ForegroundPrompt!,
            NegativePrompt = settings.NegativePrompt,
            Structure = Resample.Resize(view.Colour, width, height, ResampleFilter.Area),
            Init = init,
            Strength = settings.Strength,
            Seed = settings.Seed,
            Steps = settings.Steps ?? 0,
            GuidanceScale = settings.GuidanceScale,
            ControlScale = settings.ControlScale,
        };
        var painted = model.Generate(request, progress, cancellationToken);
        var full = DetailTransfer.Apply(painted, view.Colour, Feather.Inside(view.Alpha, RimWidth), DetailTransfer.FidelityOf(model.Info.Guidance));
        return Pixels.OnBlack(MendRim(full, view).ToBytes(), view.Alpha);
    }

    /// <summary>
    /// What the earlier keyframes look like from here: merged nearest first in the atlas, completed where none of them saw it, sampled at this frame's UV,
    /// times alpha.
    /// </summary>
    public static Raster<byte> Propagate(KeyframeView view, IReadOnlyList<PartialAtlas> earlier, Raster<float> atlas)
    {
        var merged = PartialMerge.NearestFirst(earlier);
        var look = HoleFill.Complete(atlas, merged.Colour, merged.Weight);
        var seen = new Raster<float>(view.Box.Width, view.Box.Height, 3);
        AtlasSampler.Sample(look, view.Uv, seen);
        return Pixels.OnBlack(seen.ToBytes(), view.Alpha);
    }

    /// <summary>A painted keyframe carried into the atlas; its weight fades towards the rim of what it saw, so that keyframes join without a seam.</summary>
    public static PartialAtlas Scatter(KeyframeView view, Raster<byte> painted, int atlasWidth, int atlasHeight)
    {
        // Colours were multiplied by alpha; the atlas wants them whole.
        var colour = new Raster<float>(painted.Width, painted.Height, 3);
        for (var i = 0; i < colour.Data.Length; i++)
        {
            var alpha = view.Alpha.Data[i / 3];
            colour.Data[i] = alpha == 0 ? 0 : Math.Min(255f, painted.Data[i] * 255f / alpha);
        }

        var partial = AtlasScatter.Scatter(colour, view.Alpha, view.Uv, atlasWidth, atlasHeight);
        return partial with { Weight = Feather.Rim(partial.Weight) };
    }

    /// <summary>Along the outline the painting is continued from inside the object instead of the black it was painted on.</summary>
    private static Raster<float> MendRim(Raster<float> painted, KeyframeView view)
    {
        var inside = Feather.Inside(view.Alpha, RimWidth);
        return HoleFill.Complete(view.Colour.ToFloat(), painted, inside);
    }
}
