using StableVideo.Imaging;

namespace StableVideo.Atlas;

/// <summary>A frame in which somebody has marked the object.</summary>
/// <param name="Frame">0-based number.</param>
/// <param name="Mask">[H, W, 1] 0..255 of the clip's size, white = foreground.</param>
public sealed record MarkedFrame(int Frame, Raster<byte> Mask);
