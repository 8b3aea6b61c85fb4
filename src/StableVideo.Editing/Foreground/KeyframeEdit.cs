using StableVideo.Imaging;
using StableVideo.Storage;

namespace StableVideo.Editing;

/// <summary>One edited keyframe, as it is checkpointed.</summary>
/// <param name="Frame">Frame number, 0-based.</param>
/// <param name="Box">Where in the frame it was cut out.</param>
/// <param name="Before">The crop before the edit, black outside the object, PNG.</param>
/// <param name="After">The crop after the edit, full resolution, black outside the object, PNG.</param>
public sealed record KeyframeEdit(int Frame, PixelBox Box, ArtifactId Before, ArtifactId After);
