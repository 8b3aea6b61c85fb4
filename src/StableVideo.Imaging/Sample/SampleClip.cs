using System.Numerics;

namespace StableVideo.Imaging;

/// <summary>
/// The demo clip, drawn by this program: a car drives along a country road and turns a little while the camera pans, zooms and sways.
/// Every frame comes with its exact mask and surface positions. The same options give the same pictures.
/// </summary>
public static class SampleClip
{
    private static readonly Lock Gate = new();

    private static (int Width, int Height, int Seed, Landscape Landscape)? lastLandscape;

    /// <summary>Renders one frame.</summary>
    /// <param name="frame">0 .. <see cref="SampleClipOptions.FrameCount"/> - 1.</param>
    /// <param name="options">Null for the defaults.</param>
    public static SampleClipFrame Render(int frame, SampleClipOptions? options = null)
    {
        options ??= new SampleClipOptions();
        options.Validate();
        ArgumentOutOfRangeException.ThrowIfNegative(frame);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(frame, options.FrameCount);

        var landscape = LandscapeOf(options);
        var motion = new SampleMotion(options, landscape.Horizon, frame);
        var backgroundUv = new Raster<float>(options.Width, options.Height, 2);
        Rows.For(options.Height, y =>
        {
            var row = backgroundUv.Row(y);
            for (var x = 0; x < options.Width; x++)
            {
                var position = motion.ToLandscape(new(x + 0.5f, y + 0.5f));
                (row[2 * x], row[(2 * x) + 1]) = (position.X, position.Y);
            }
        });
        var colours = new Raster<float>(options.Width, options.Height, 3);
        Resample.Remap(landscape.Picture, backgroundUv, colours, RemapBorder.Reflect, ResampleFilter.Bicubic);
        if (options.Shadow > 0)
            Darken(colours, backgroundUv, motion, options.Shadow);

        var mask = new Raster<byte>(options.Width, options.Height, 1);
        var foregroundUv = new Raster<float>(options.Width, options.Height, 2);
        Array.Fill(foregroundUv.Data, float.NaN);
        DrawCar(new CarRenderer(motion, new CarPaint(options.Seed), options.Width, options.Height), motion.PixelsPerMetre, colours, mask, foregroundUv);
        return new(colours.ToBytes(), mask, foregroundUv, backgroundUv);
    }

    /// <summary>Writes the clip and, if asked for, its masks as videos.</summary>
    /// <param name="videoPath">The clip: .mp4, .mov or .mkv.</param>
    /// <param name="maskPath">The mask video, white inside; null for none.</param>
    /// <param name="options">Null for the defaults.</param>
    /// <param name="progress">Told the share done, 0..1.</param>
    /// <param name="cancellationToken">Stops; neither file is left behind.</param>
    /// <exception cref="MediaException">A file can not be written, or ffmpeg is missing.</exception>
    public static async Task WriteAsync(
        string videoPath, string? maskPath, SampleClipOptions? options = null, IProgress<double>? progress = null, CancellationToken cancellationToken = default)
    {
        options ??= new SampleClipOptions();
        options.Validate();
        await using var video = VideoWriter.Create(videoPath, options.Width, options.Height, options.Rate, new VideoWriteOptions { Crf = 14 });
        await using var masks = maskPath is null ? null : VideoWriter.Create(maskPath, options.Width, options.Height, options.Rate, new VideoWriteOptions { Crf = 10 });
        for (var t = 0; t < options.FrameCount; t++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var frame = Render(t, options);
            await video.WriteAsync(frame.Picture, cancellationToken).ConfigureAwait(false);
            if (masks is not null)
                await masks.WriteAsync(Colour.GrayToRgb(frame.Mask), cancellationToken).ConfigureAwait(false);
            progress?.Report((t + 1.0) / options.FrameCount);
        }

        await video.CompleteAsync(cancellationToken).ConfigureAwait(false);
        if (masks is not null)
            await masks.CompleteAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Painting the landscape takes longer than a frame, so the last one is kept.</summary>
    private static Landscape LandscapeOf(SampleClipOptions options)
    {
        lock (Gate)
        {
            if (lastLandscape is { } last && (last.Width, last.Height, last.Seed) == (options.Width, options.Height, options.Seed))
                return last.Landscape;
            var landscape = new Landscape((int)(options.Width * 1.56f), (int)(options.Height * 1.13f), options.Height / 100f, options.Seed);
            lastLandscape = (options.Width, options.Height, options.Seed, landscape);
            return landscape;
        }
    }

    private static void Darken(Raster<float> colours, Raster<float> backgroundUv, SampleMotion motion, float strength)
        => Rows.For(colours.Height, y =>
        {
            var row = colours.Row(y);
            var uv = backgroundUv.Row(y);
            for (var x = 0; x < colours.Width; x++)
            {
                var shade = motion.ShadowAt(new(uv[2 * x], uv[(2 * x) + 1]));
                if (shade <= 0)
                    continue;
                for (var c = 3 * x; c < (3 * x) + 3; c++)
                    row[c] *= 1 - (strength * shade);
            }
        });

    private static void DrawCar(CarRenderer car, float pixelsPerMetre, Raster<float> colours, Raster<byte> mask, Raster<float> foregroundUv)
        => Rows.For(car.Box.Height, line =>
        {
            var y = car.Box.Y + line;
            for (var x = car.Box.X; x < car.Box.Right; x++)
            {
                var (colour, cover) = car.Shade(x, y);
                if (cover == 0)
                    continue;
                mask[x, y] = RasterExtensions.Saturate(255 * cover);
                var row = colours.Row(y);
                var behind = new Vector3(row[3 * x], row[(3 * x) + 1], row[(3 * x) + 2]);
                Landscape.Store(row, x, Vector3.Lerp(behind, Vector3.Clamp(colour, Vector3.Zero, new(255)), cover));
                if (car.SurfaceAt(x, y) is { } surface)
                    (foregroundUv[x, y], foregroundUv[x, y, 1]) = (surface.X * pixelsPerMetre, surface.Y * pixelsPerMetre);
            }
        });
}
