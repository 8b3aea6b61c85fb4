using System.Globalization;
using Microsoft.Extensions.Options;
using StableVideo.Client;
using StableVideo.Cluster;
using StableVideo.Imaging;
using StableVideo.Storage;
using StableVideo.Web.Hosting;
using StableVideo.Web.Security;

namespace StableVideo.Web.Services;

/// <summary>Uploaded clips and masks of tenants.</summary>
internal sealed class VideoService(
    ITenantStores stores,
    VideoRecords records,
    IMediaInspector inspector,
    VideoFrames frames,
    JobList jobs,
    IGrainFactory grains,
    IOptions<WebSettings> settings,
    TimeProvider clock) : IVideos, IDisposable
{
    private const int LongestName = 200;
    private readonly SemaphoreSlim _inspections = new(Math.Max(2, Environment.ProcessorCount / 2));

    public async Task<Video> AddAsync(Caller caller, Stream content, VideoPurpose purpose, string? name, CancellationToken cancellationToken = default)
    {
        caller.Require(Scopes.WriteVideos);
        using var file = await ReceivedFile.ReadAsync(content, LargestOf(purpose), cancellationToken);
        await _inspections.WaitAsync(cancellationToken);
        MediaFacts facts;
        try
        {
            facts = await inspector.InspectAsync(file.Path, purpose, cancellationToken);
        }
        finally
        {
            _inspections.Release();
        }

        return await Guarded.CallAsync(() => KeepAsync(caller.Tenant, file, facts, purpose, name, cancellationToken), cancellationToken);
    }

    public async Task<Video> GetAsync(Caller caller, string id, CancellationToken cancellationToken = default)
    {
        caller.Require(Scopes.ReadVideos);
        return await Guarded.CallAsync(() => records.FindAsync(caller.Tenant, id, renew: false, cancellationToken), cancellationToken) ?? throw Problem.NoVideo(id);
    }

    public async Task<Page<Video>> ListAsync(Caller caller, VideoPurpose purpose, int limit, string? after, CancellationToken cancellationToken = default)
    {
        caller.Require(Scopes.ReadVideos);
        if (limit is < 1 or > 200)
            throw Problem.Invalid($"limit is {limit} but must be 1 to 200.");
        var all = await Guarded.CallAsync(() => records.ListAsync(caller.Tenant, purpose, cancellationToken), cancellationToken);
        var rest = after is null ? all : all.SkipWhile(video => video.Id != after).Skip(1);
        var page = rest.Take(limit + 1).ToList();
        return page.Count > limit ? new Page<Video>(page[..limit], page[limit - 1].Id) : new Page<Video>(page, null);
    }

    public async Task<Stream> OpenAsync(Caller caller, string id, CancellationToken cancellationToken = default)
    {
        var video = await GetAsync(caller, id, cancellationToken);
        return await Guarded.CallAsync(() => stores.For(caller.Tenant).OpenReadAsync(ArtifactId.Parse(video.Id), cancellationToken), cancellationToken);
    }

    public async Task<ReadOnlyMemory<byte>> FrameAsync(Caller caller, string id, int frame, int width, CancellationToken cancellationToken = default)
    {
        var video = await GetAsync(caller, id, cancellationToken);
        if (frame < 0 || frame >= (video.Frames ?? int.MaxValue))
            throw new ProblemException(404, "frame-not-found", "No such frame", $"The video has {video.Frames} frames, numbered from 0; there is no frame {frame}.");
        if (width is < 16 or > 4096)
            throw Problem.Invalid($"width is {width} but must be 16 to 4096.");
        return await Guarded.CallAsync(() => frames.JpegAsync(caller.Tenant, video, frame, width, cancellationToken), cancellationToken);
    }

    public async Task<VideoDecomposition?> DecompositionAsync(Caller caller, string id, CancellationToken cancellationToken = default)
    {
        var video = await GetAsync(caller, id, cancellationToken);
        caller.Require(Scopes.ReadJobs);
        var page = await Guarded.CallAsync(() => jobs.ReadAsync(caller.Tenant, new JobFilter { Video = video.Id }, cancellationToken), cancellationToken);
        foreach (var summary in page.Items)
        {
            var key = new JobKey(caller.Tenant, summary.Id);
            var status = await Guarded.CallAsync(() => grains.GetGrain<IVideoJobGrain>(key.ToString()).GetStatus(), cancellationToken);
            if (status.Stages.FirstOrDefault(stage => stage.Stage == Cluster.JobStage.Decompose)?.Outcome is not { } outcome)
                continue;
            return new VideoDecomposition
            {
                VideoId = video.Id,
                JobId = summary.Id,
                Artifacts = [.. JobArtifacts.Of(status).Where(artifact => artifact.Stage == nameof(Cluster.JobStage.Decompose))],
                Metrics = outcome.Metrics,
                Facts = outcome.Facts,
            };
        }

        return null;
    }

    public async Task<Video> OutlineAsync(Caller caller, string id, FrameBox box, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(box);
        caller.Require(Scopes.WriteVideos);
        var video = await GetAsync(caller, id, cancellationToken);
        if (box.X < 0 || box.Y < 0 || box.Width < 4 || box.Height < 4 || box.X > video.Width - box.Width || box.Y > video.Height - box.Height)
            throw Problem.Invalid($"The box {box.Width}x{box.Height} at ({box.X}, {box.Y}) does not lie in the frame of {video.Width}x{video.Height}, or is smaller than 4x4.");
        if (box.Frame < 0 || box.Frame >= (video.Frames ?? int.MaxValue))
            throw Problem.Invalid($"The box lies in frame {box.Frame}; the video has {video.Frames} frames, numbered from 0.");
        var frame = await Guarded.CallAsync(() => frames.WholeAsync(caller.Tenant, video, box.Frame, cancellationToken), cancellationToken);
        var mask = await Task.Run(() => MaskOps.ObjectIn(frame, new PixelBox(box.X, box.Y, box.Width, box.Height)), cancellationToken);
        return await AddAsync(caller, new MemoryStream(ImageFile.EncodePng(mask)), VideoPurpose.Mask, "outline.png", cancellationToken);
    }

    public void Dispose() => _inspections.Dispose();

    private static string? CleanName(string? name)
    {
        if (string.IsNullOrWhiteSpace(name))
            return null;
        var last = name[(name.AsSpan().LastIndexOfAny('/', '\\') + 1)..];
        var clean = new string([.. last.Where(character => !char.IsControl(character) && CharUnicodeInfo.GetUnicodeCategory(character) != UnicodeCategory.Format).Take(LongestName)]).Trim();
        return clean.Length == 0 ? null : clean;
    }

    private long LargestOf(VideoPurpose purpose) => purpose == VideoPurpose.Mask ? settings.Value.LargestMask : settings.Value.LargestUpload;

    private async Task<Video> KeepAsync(string tenant, ReceivedFile file, MediaFacts facts, VideoPurpose purpose, string? name, CancellationToken cancellationToken)
    {
        var id = await stores.For(tenant).PutFileAsync(file.Path, cancellationToken);
        var known = await records.FindAsync(tenant, id.Value, renew: true, cancellationToken);
        if (known?.Purpose == purpose)
            return known;
        var video = new Video
        {
            Id = id.Value,
            Name = CleanName(name),
            Purpose = purpose,
            Bytes = file.Length,
            Width = facts.Width,
            Height = facts.Height,
            FrameRate = facts.FrameRate,
            Frames = facts.Frames,
            Seconds = facts.Seconds,
            Codec = facts.Codec,
            UploadedAt = clock.GetUtcNow(),
        };
        await records.WriteAsync(tenant, video, cancellationToken);
        return video;
    }
}
