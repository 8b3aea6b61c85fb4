using StableVideo.Atlas;
using StableVideo.Imaging;

namespace StableVideo.Editing;

/// <summary>Keyframes seen through the atlas: which colour each atlas pixel has, going by the keyframes edited so far.</summary>
public static class PartialMerge
{
    /// <summary>
    /// Nearest first: where the nearest keyframe saw an atlas pixel its colour counts; what it did not see, or saw only at its rim, comes from the next.
    /// </summary>
    /// <param name="nearestFirst">Partial atlases (colour [V,U,3], weight [V,U,1] 0..1), the nearest in time first.</param>
    /// <returns>Colour and combined weight 0..1.</returns>
    public static PartialAtlas NearestFirst(IReadOnlyList<PartialAtlas> nearestFirst)
    {
        var (width, height) = (nearestFirst[0].Colour.Width, nearestFirst[0].Colour.Height);
        var colour = new Raster<float>(width, height, 3);
        var weight = new Raster<float>(width, height, 1);
        Parallel.For(0, height, y =>
        {
            var target = colour.Row(y);
            var sum = weight.Row(y);
            foreach (var (partial, seen) in nearestFirst)
            {
                var source = partial.Row(y);
                var w = seen.Row(y);
                for (var x = 0; x < width; x++)
                {
                    var take = Math.Clamp(w[x], 0, 1) * (1 - sum[x]);
                    if (take <= 0)
                        continue;
                    for (var c = 0; c < 3; c++)
                        target[(x * 3) + c] += take * source[(x * 3) + c];
                    sum[x] += take;
                }
            }

            for (var x = 0; x < width; x++)
            {
                if (sum[x] <= 0)
                    continue;
                for (var c = 0; c < 3; c++)
                    target[(x * 3) + c] /= sum[x];
            }
        });
        return new PartialAtlas(colour, weight);
    }
}
