using System.Collections.Concurrent;
using StableVideo.Client;
using StableVideo.Imaging;
using StableVideo.Storage;

namespace StableVideo.Web.Services;

/// <summary>
/// Frames of videos as JPEG. Small frames are decoded all at once and kept for a while, because who looks at one looks at its neighbours; large ones one by one.
/// </summary>
internal sealed class VideoFrames(ITenantStores stores)
{
    private const int ClipsKept = 8;

    /// <summary>Widths in which all frames are decoded at once.</summary>
    private static readonly int[] SmallWidths = [16, 32, 48, 64, 96, 128, 160, 240, 320];
    private readonly ConcurrentDictionary<(string Tenant, string Id, int Width), Lazy<Task<IReadOnlyList<byte[]>>>> _small = new();
    private readonly ConcurrentQueue<(string Tenant, string Id, int Width)> _order = new();

    public async Task<ReadOnlyMemory<byte>> JpegAsync(string tenant, Video video, int frame, int width, CancellationToken cancellationToken)
    {
        if (width > SmallWidths[^1] || video.Width <= width)
            return await InWordsAsync(() => OneAsync(tenant, video, frame, width, cancellationToken));
        var all = await InWordsAsync(() => AllAsync(tenant, video, SmallWidths.Last(small => small <= width)).WaitAsync(cancellationToken));
        return frame < all.Count ? all[frame] : throw NoFrame(frame, all.Count);
    }

    /// <summary>A frame as it is.</summary>
    public Task<Raster<byte>> WholeAsync(string tenant, Video video, int number, CancellationToken cancellationToken) => InWordsAsync(async () =>
    {
        using var file = await stores.For(tenant).MaterializeAsync(ArtifactId.Parse(video.Id), "", cancellationToken);
        var count = 0;
        await foreach (var frame in VideoReader.ReadAsync(file.Path, new VideoReadOptions { MaxFrames = number + 1, ReuseFrames = true }, cancellationToken))
        {
            if (count++ == number)
                return frame.Clone();
        }

        throw NoFrame(number, count);
    });

    /// <summary>The decoder's own words name files of this machine.</summary>
    private static async Task<T> InWordsAsync<T>(Func<Task<T>> decode)
    {
        try
        {
            return await decode();
        }
        catch (MediaException exception)
        {
            throw new ProblemException(422, "unreadable-media", "The file can not be used", "The frame can not be decoded: the file is damaged there.", exception);
        }
    }

    private static ProblemException NoFrame(int frame, int count) =>
        new(404, "frame-not-found", "No such frame", $"The video has {count} frames, numbered from 0; there is no frame {frame}.");

    private static (int Width, int Height) SizeOf(Video video, int width)
    {
        var scaled = Math.Min(width, video.Width);
        return (scaled, Math.Max(1, (int)Math.Round((double)video.Height * scaled / video.Width)));
    }

    private async Task<IReadOnlyList<byte[]>> AllAsync(string tenant, Video video, int width)
    {
        var key = (tenant, video.Id, width);
        var lazy = _small.GetOrAdd(key, _ =>
        {
            _order.Enqueue(key);
            while (_order.Count > ClipsKept && _order.TryDequeue(out var oldest))
                _small.TryRemove(oldest, out Lazy<Task<IReadOnlyList<byte[]>>>? _);
            return new Lazy<Task<IReadOnlyList<byte[]>>>(() => Task.Run(() => DecodeAsync(tenant, video, width)));
        });
        try
        {
            return await lazy.Value;
        }
        catch
        {
            _small.TryRemove(key, out _);
            throw;
        }
    }

    private async Task<IReadOnlyList<byte[]>> DecodeAsync(string tenant, Video video, int width)
    {
        var pictures = new List<byte[]>();
        using var file = await stores.For(tenant).MaterializeAsync(ArtifactId.Parse(video.Id), "");
        await foreach (var frame in VideoReader.ReadAsync(file.Path, new VideoReadOptions { Size = SizeOf(video, width), ReuseFrames = true }))
            pictures.Add(ImageFile.EncodeJpeg(frame, 80));
        return pictures;
    }

    private async Task<ReadOnlyMemory<byte>> OneAsync(string tenant, Video video, int number, int width, CancellationToken cancellationToken)
    {
        using var file = await stores.For(tenant).MaterializeAsync(ArtifactId.Parse(video.Id), "", cancellationToken);
        var size = SizeOf(video, width);
        if (video.FrameRate == 0)
            return ImageFile.EncodeJpeg(Resample.Resize(ImageFile.Read(file.Path), size.Width, size.Height));
        var count = 0;
        await foreach (var frame in VideoReader.ReadAsync(file.Path, new VideoReadOptions { MaxFrames = number + 1, ReuseFrames = true }, cancellationToken))
        {
            if (count++ == number)
                return ImageFile.EncodeJpeg(Resample.Resize(frame, size.Width, size.Height), 88);
        }

        throw NoFrame(number, count);
    }
}
