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
    public static async Task<JobInputs> ImportAsync(
        string videoPath, string? maskPath, EditSettings settings, IArtifactStore store, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(videoPath);
        ArgumentNullException.ThrowIfNull(settings);
        ArgumentNullException.ThrowIfNull(store);
        if (settings.Validate() is { Count: > 0 } errors)
            throw new EditException(string.Join('\n', errors));
        // Looked at before anything is stored: a refused job leaves nothing behind.
        var info = await VideoReader.ProbeAsync(videoPath, cancellationToken);
        var kind = await MaskKindOfAsync(maskPath, cancellationToken);

        var video = await StoreVideoAsync(videoPath, info.Rate, store, cancellationToken);
        ArtifactId? mask = kind switch
        {
            MaskKind.None => null,
            MaskKind.FirstFrame => await store.PutBytesAsync(ImageFile.EncodePng(ImageFile.Read(maskPath!, 1)), cancellationToken),
            _ => await StoreVideoAsync(maskPath!, info.Rate, store, cancellationToken),
        };
        return new JobInputs(video, mask, kind, settings);
    }

    private static async Task<MaskKind> MaskKindOfAsync(string? path, CancellationToken cancellationToken)
    {
        if (path is null)
            return MaskKind.None;
        if (!Directory.Exists(path) && ImageExtensions.Contains(Path.GetExtension(path).ToLowerInvariant()))
        {
            _ = ImageFile.Read(path, 1);
            return MaskKind.FirstFrame;
        }

        await VideoReader.ProbeAsync(path, cancellationToken);
        return MaskKind.EveryFrame;
    }

    private static async Task<ArtifactId> StoreVideoAsync(string path, FrameRate rate, IArtifactStore store, CancellationToken cancellationToken)
    {
        if (!Directory.Exists(path))
            return await store.PutFileAsync(path, cancellationToken);
        var video = Path.Combine(Path.GetTempPath(), $"stablevideo-{Guid.NewGuid():N}.mkv");
        try
        {
            VideoWriter? writer = null;
            try
            {
                await foreach (var frame in VideoReader.ReadAsync(path, ClipFrames.Options, cancellationToken))
                {
                    writer ??= VideoWriter.Create(video, frame.Width, frame.Height, rate, new VideoWriteOptions { Lossless = true });
                    await writer.WriteAsync(frame, cancellationToken);
                }

                await (writer ?? throw new EditException($"'{path}' holds no frames.")).CompleteAsync(cancellationToken);
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
