using StableVideo.Imaging;

namespace StableVideo.Atlas;

/// <summary>What one frame shows of an atlas.</summary>
/// <param name="Colour">[h, w, C]; zero where the frame shows nothing.</param>
/// <param name="Weight">[h, w, 1], 0..1: how well the frame shows that place; 0 where not at all.</param>
public sealed record PartialAtlas(Raster<float> Colour, Raster<float> Weight);
