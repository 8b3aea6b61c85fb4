using StableVideo.Atlas;
using StableVideo.Imaging;

namespace StableVideo.Editing;

/// <summary>One edited keyframe that the aggregated atlas shall reproduce.</summary>
/// <param name="View">Alpha and UV of the crop.</param>
/// <param name="Painted">[h,w,3], times alpha: <c>Ei</c>.</param>
/// <param name="Partial">The same, carried into the atlas.</param>
internal sealed record AggregationTarget(KeyframeView View, Raster<byte> Painted, PartialAtlas Partial);
