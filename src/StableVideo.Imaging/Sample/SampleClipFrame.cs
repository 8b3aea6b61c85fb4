namespace StableVideo.Imaging;

/// <summary>One frame of the sample clip with its exact truth.</summary>
/// <param name="Picture">[H, W, 3], sRGB.</param>
/// <param name="Mask">[H, W, 1]: share of the pixel the car covers, 0..255.</param>
/// <param name="ForegroundUv">[H, W, 2]: point of the car's unfolded surface seen at the pixel's centre, in surface pixels; NaN where the car is not seen.</param>
/// <param name="BackgroundUv">[H, W, 2]: position of the pixel's centre in the landscape, in landscape pixels; defined everywhere, also behind the car.</param>
public sealed record SampleClipFrame(Raster<byte> Picture, Raster<byte> Mask, Raster<float> ForegroundUv, Raster<float> BackgroundUv);
