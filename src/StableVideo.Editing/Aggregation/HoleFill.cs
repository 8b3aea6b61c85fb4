using StableVideo.Imaging;

namespace StableVideo.Editing;

/// <summary>Gives the parts of the foreground atlas that no keyframe saw the look of the edit.</summary>
/// <remarks>
/// The edit is described as a colour map fitted over the seen part plus what the map leaves over, <c>E = M(A) + R</c>. Where nothing was seen,
/// <c>R</c> is continued smoothly from the seen part (push-pull) and the original atlas gives the structure, so there are neither grey nor unedited holes.
/// </remarks>
public static class HoleFill
{
    /// <summary>The whole atlas in the look of the edit.</summary>
    /// <param name="original">[V,U,3], 0..255.</param>
    /// <param name="edited">[V,U,3], 0..255; counts where <paramref name="weight"/> is above 0.</param>
    /// <param name="weight">[V,U,1], 0..1: how surely a keyframe saw the pixel.</param>
    public static Raster<float> Complete(Raster<float> original, Raster<float> edited, Raster<float> weight)
    {
        var map = ColourMap.Fit(original, edited, weight);
        var mapped = map.Apply(original);
        var rest = new Raster<float>(original.Width, original.Height, 3);
        for (var i = 0; i < rest.Data.Length; i++)
            rest.Data[i] = weight.Data[i / 3] > 0 ? edited.Data[i] - mapped.Data[i] : 0;
        var continued = PushPull.Fill(rest, weight);
        for (var i = 0; i < mapped.Data.Length; i++)
            mapped.Data[i] = Math.Clamp(mapped.Data[i] + continued.Data[i], 0, 255);
        return mapped;
    }
}
