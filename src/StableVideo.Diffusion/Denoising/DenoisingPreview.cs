using StableVideo.Diffusion.Networks;
using StableVideo.Imaging;
using StableVideo.Onnx;

namespace StableVideo.Diffusion;

/// <summary>A small picture of latents that are still being denoised.</summary>
internal static class DenoisingPreview
{
    /// <summary>Decodes latents [1,C,h,w] of the denoiser's scale into a picture whose longer side has at most <paramref name="side"/> pixels.</summary>
    public static Raster<byte> Decode(IAutoencoder autoencoder, FloatTensor latents, int side, CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(side, 1);
        var longer = Math.Max(latents.Shape[2], latents.Shape[3]) * autoencoder.Downscale;
        // Decoding is most of the work. Latents of a KL autoencoder are a small picture themselves, whose means look like the picture made smaller;
        // those of a DCT are frequencies, which have no means.
        var factor = autoencoder is AutoencoderKl ? Math.Min((longer + side - 1) / side, Math.Min(latents.Shape[2], latents.Shape[3])) : 1;
        var picture = PictureTensor.ToPicture(autoencoder.Decode(Means(latents, factor, 1 / autoencoder.Scale), cancellationToken));
        var scale = (double)side / Math.Max(picture.Width, picture.Height);
        return scale >= 1
            ? picture
            : Resample.Resize(picture, Math.Max(1, (int)(picture.Width * scale)), Math.Max(1, (int)(picture.Height * scale)), ResampleFilter.Area);
    }

    /// <summary>Means of squares of <paramref name="factor"/> x <paramref name="factor"/> latents, times <paramref name="scale"/>; what does not fill a square at the right and bottom is left out.</summary>
    private static FloatTensor Means(FloatTensor latents, int factor, float scale)
    {
        var (channels, height, width) = (latents.Shape[1], latents.Shape[2], latents.Shape[3]);
        var (h, w) = (height / factor, width / factor);
        var means = new FloatTensor(1, channels, h, w);
        for (var c = 0; c < channels; c++)
        {
            for (var y = 0; y < h * factor; y++)
            {
                var row = latents.Data.AsSpan(((c * height) + y) * width, w * factor);
                var target = means.Data.AsSpan(((c * h) + (y / factor)) * w, w);
                for (var x = 0; x < row.Length; x++)
                    target[x / factor] += row[x] * scale / (factor * factor);
            }
        }

        return means;
    }
}
