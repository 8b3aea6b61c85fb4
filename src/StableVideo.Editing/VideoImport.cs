using StableVideo.Imaging;
using StableVideo.Storage;

namespace StableVideo.Editing;

/// <summary>Brings a clip and its mask from disk into a store.</summary>
public static class VideoImport
{
    private static readonly string[] ImageExtensions = [".png", ".jpg", ".jpeg", ".bmp", ".tif", ".tiff", ".webp"];

    /// <summary>Checks settings and files, then stores them.</summary>
    /// <param name="videoPath">A video file, or a folder of jpg or png frames.</param>
    /// <param name="maskPath">A mask video, a folder of masks, one mask image for frame 0, or <see langword="null"/>.</param>
    /// <param name="settings">The edit.</param>
    /// <param name="store">Where to.</param>
    /// <param name="cancellationToken">Stops early.</param>
    /// <exception cref="EditException">The settings break rules; all of them are listed.</exception>
    /// <exception cref="MediaException">A file is missing or can not be read.</exception>
    public static Task<JobInputs> ImportAsync(
        string videoPath, string? maskPath, EditSettings settings, IArtifactStore store, CancellationToken cancellationToken = default) =>
        ImportAsync(videoPath, maskPath, new ProtectFiles(null, null), settings, store, cancellationToken);

    /// <summary>The same with masks that protect parts of the atlases; whether they have the size of the atlases is known when those are there.</summary>
    /// <inheritdoc cref="ImportAsync(string, string?, EditSettings, IArtifactStore, CancellationToken)"/>
    public static async Task<JobInputs> ImportAsync(
        string videoPath, string? maskPath, ProtectFiles protect, EditSettings settings, IArtifactStore store, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(protect);
        ArgumentException.ThrowIfNullOrEmpty(videoPath);
        ArgumentNullException.ThrowIfNull(settings);
        ArgumentNullException.ThrowIfNull(store);
        if (settings.Validate() is { Count: > 0 } errors)
            throw new EditException(string.Join('\n', errors));
        // Looked at before anything is stored: a refused job leaves nothing behind.
        var info = await VideoReader.ProbeAsync(videoPath, cancellationToken);
        var (background, foreground) = (ReadProtection(protect.Background), ReadProtection(protect.Foreground));
        var mask = await ReadMaskAsync(maskPath, info, store, cancellationToken);
        var video = Directory.Exists(videoPath)
            ? await StoreLosslessAsync(VideoReader.ReadAsync(videoPath, ClipFrames.Options, cancellationToken), info.Rate, store, cancellationToken)
            : await store.PutFileAsync(videoPath, cancellationToken);
        return new JobInputs(video, mask?.Id, mask?.Kind ?? MaskKind.None, settings)
        {
            ProtectBackground = await PutAsync(background),
            ProtectForeground = await PutAsync(foreground),
        };

        async Task<ArtifactId?> PutAsync(byte[]? png) => png is null ? null : await store.PutBytesAsync(png, cancellationToken);
    }

    private static byte[]? ReadProtection(string? path) => path is null ? null : ImageFile.EncodePng(ImageFile.Read(path, 1));

    private static async Task<(ArtifactId Id, MaskKind Kind)?> ReadMaskAsync(string? path, VideoInfo clip, IArtifactStore store, CancellationToken cancellationToken)
    {
        if (path is null)
            return null;
        if (File.Exists(path) && !ImageExtensions.Contains(Path.GetExtension(path).ToLowerInvariant()))
        {
            await VideoReader.ProbeAsync(path, cancellationToken);
            return (await store.PutFileAsync(path, cancellationToken), MaskKind.EveryFrame);
        }

        // Whether there is one mask per frame is checked by the probe, which counts the clip's frames.
        var count = Directory.Exists(path) ? (await VideoReader.ProbeAsync(path, cancellationToken)).FrameCount ?? 1 : 1;
        var masks = await VideoReader.ReadMasksAsync(path, clip.Width, clip.Height, count, ClipFrames.Options, cancellationToken);
        if (masks.Count == 1)
            return (await store.PutBytesAsync(ImageFile.EncodePng(masks[0]), cancellationToken), MaskKind.FirstFrame);
        return (await StoreLosslessAsync(masks.Select(Colour.GrayToRgb).ToAsyncEnumerable(), clip.Rate, store, cancellationToken), MaskKind.EveryFrame);
    }

    private static async Task<ArtifactId> StoreLosslessAsync(IAsyncEnumerable<Raster<byte>> frames, FrameRate rate, IArtifactStore store, CancellationToken cancellationToken)
    {
        var video = Path.Combine(Path.GetTempPath(), $"stablevideo-{Guid.NewGuid():N}.mkv");
        try
        {
            VideoWriter? writer = null;
            try
            {
                await foreach (var frame in frames)
                {
                    writer ??= VideoWriter.Create(video, frame.Width, frame.Height, rate, new VideoWriteOptions { Lossless = true });
                    await writer.WriteAsync(frame, cancellationToken);
                }

                await (writer ?? throw new EditException("The folder holds no frames.")).CompleteAsync(cancellationToken);
            }
            finally
            {
                if (writer is not null)
                    await writer.DisposeAsync();
            }

            return await store.PutFileAsync(video, cancellationToken);
        }
        finally
        {
            File.Delete(video);
        }
    }
}

/// <summary>Pictures on disk that protect parts of the atlases: white stays as it was filmed.</summary>
/// <param name="Background">Of the background atlas' size, or <see langword="null"/>.</param>
/// <param name="Foreground">Of the foreground atlas' size, or <see langword="null"/>.</param>
public sealed record ProtectFiles(string? Background, string? Foreground);
