using OpenCvSharp;

namespace StableVideo.Imaging;

/// <summary>Lends raster memory to OpenCV without copying. OpenCV types never leave this assembly.</summary>
internal static class MatView
{
    /// <summary>A matrix header over the raster's own memory; operations that write a result of the same shape write into the raster.</summary>
    public static Mat Of<T>(Raster<T> raster)
        where T : unmanaged
    {
        var depth = typeof(T) == typeof(byte) ? MatType.CV_8U : typeof(T) == typeof(float) ? MatType.CV_32F : MatType.CV_32S;
        return Mat.FromPixelData(raster.Height, raster.Width, MatType.MakeType(depth, raster.Channels), raster.Data);
    }

    /// <summary>Copies a continuous or strided matrix into a new raster of the same shape.</summary>
    public static Raster<T> ToRaster<T>(Mat mat)
        where T : unmanaged
    {
        var raster = new Raster<T>(mat.Width, mat.Height, mat.Channels());
        using var view = Of(raster);
        mat.CopyTo(view);
        return raster;
    }
}
