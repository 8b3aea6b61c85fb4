using System.Runtime.CompilerServices;
using Microsoft.Extensions.Options;
using StableVideo.Client;
using StableVideo.Cluster;
using StableVideo.Storage;
using StableVideo.Web.Hosting;
using StableVideo.Web.Security;

namespace StableVideo.Web.Services;

/// <summary>Jobs of tenants, by way of the grains.</summary>
internal sealed class JobService(IGrainFactory grains, ITenantStores stores, VideoRecords videos, JobList list, IOptions<WebSettings> settings) : IJobs
{
    /// <summary>Marks that are looked up before the job is refused for having too many.</summary>
    private const int MostMarks = 100;

    private static readonly TimeSpan SignedFor = TimeSpan.FromMinutes(5);

    public async Task<Job> SubmitAsync(Caller caller, string id, JobSubmission submission, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(submission);
        caller.Require(Scopes.WriteJobs);
        var key = KeyOf(caller, id);
        var maskKind = await CheckInputsAsync(caller, submission, cancellationToken);
        var status = await Guarded.CallAsync(() => Grain(key).Submit(WireMessages.ToRequest(submission, maskKind)), cancellationToken);
        list.Forget(caller.Tenant);
        return WireMessages.ToJob(status);
    }

    public async Task<Job> GetAsync(Caller caller, string id, CancellationToken cancellationToken = default) =>
        WireMessages.ToJob(await StatusAsync(caller, id, cancellationToken));

    public async IAsyncEnumerable<Job> WatchAsync(Caller caller, string id, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        // Asked first: a job that is not there is a problem now, not in the midst of an answer.
        yield return await GetAsync(caller, id, cancellationToken);
        await foreach (var status in grains.WatchJobAsync(KeyOf(caller, id).ToString(), cancellationToken))
            yield return WireMessages.ToJob(status);
    }

    public async Task<Page<JobSummary>> ListAsync(Caller caller, JobFilter filter, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(filter);
        caller.Require(Scopes.ReadJobs);
        if (filter.Limit is < 1 or > 200)
            throw Problem.Invalid($"limit is {filter.Limit} but must be 1 to 200.");
        return await Guarded.CallAsync(() => list.ReadAsync(caller.Tenant, filter, cancellationToken), cancellationToken);
    }

    public async Task<IReadOnlyList<Client.JobEvent>> EventsAsync(Caller caller, string id, long after, CancellationToken cancellationToken = default)
    {
        caller.Require(Scopes.ReadJobs);
        var key = KeyOf(caller, id);
        return [.. (await Guarded.CallAsync(() => Grain(key).GetEvents(after), cancellationToken)).Select(WireMessages.ToEvent)];
    }

    public async Task<Job> CancelAsync(Caller caller, string id, CancellationToken cancellationToken = default)
    {
        caller.Require(Scopes.WriteJobs);
        var key = KeyOf(caller, id);
        return WireMessages.ToJob(await Guarded.CallAsync(() => Grain(key).Cancel(), cancellationToken));
    }

    public async Task<Job> RetryAsync(Caller caller, string id, CancellationToken cancellationToken = default)
    {
        caller.Require(Scopes.WriteJobs);
        var key = KeyOf(caller, id);
        return WireMessages.ToJob(await Guarded.CallAsync(() => Grain(key).Retry(), cancellationToken));
    }

    public async Task<IReadOnlyList<JobArtifact>> ArtifactsAsync(Caller caller, string id, CancellationToken cancellationToken = default) =>
        JobArtifacts.Of(await StatusAsync(caller, id, cancellationToken));

    public async Task<(JobArtifact Artifact, Stream Content)> OpenArtifactAsync(Caller caller, string id, string name, CancellationToken cancellationToken = default)
    {
        var found = JobArtifacts.Of(await StatusAsync(caller, id, cancellationToken)).FirstOrDefault(artifact => artifact.Name == name)
            ?? throw Problem.NoArtifact(id, name);
        var content = await Guarded.CallAsync(() => stores.For(caller.Tenant).OpenReadAsync(ArtifactId.Parse(found.ArtifactId), cancellationToken), cancellationToken);
        return (found, content);
    }

    public async Task<Uri?> ArtifactAddressAsync(Caller caller, string id, string name, bool asFile, CancellationToken cancellationToken = default)
    {
        if (!settings.Value.RedirectToStore || stores.For(caller.Tenant) is not ISignedAddresses store)
            return null;
        var found = JobArtifacts.Of(await StatusAsync(caller, id, cancellationToken)).FirstOrDefault(artifact => artifact.Name == name)
            ?? throw Problem.NoArtifact(id, name);
        var fileName = asFile ? JobArtifacts.FileNameOf(id, found) : null;
        return await Guarded.CallAsync(
            () => store.SignAsync(ArtifactId.Parse(found.ArtifactId), settings.Value.LeastRedirected, SignedFor, found.ContentType, fileName, cancellationToken), cancellationToken);
    }

    public async Task<Queue> QueueAsync(Caller caller, CancellationToken cancellationToken = default)
    {
        caller.Require(Scopes.ReadQueue);
        return WireMessages.ToQueue(await PoolAsync(cancellationToken), caller.Tenant);
    }

    public async Task<IReadOnlyList<Model>> ModelsAsync(Caller caller, CancellationToken cancellationToken = default)
    {
        caller.Require(Scopes.ReadQueue);
        var silos = (await PoolAsync(cancellationToken)).Silos;
        return
        [
            .. silos.SelectMany(silo => silo.Models.Concat(silo.WarmModels)).Distinct().Order(StringComparer.Ordinal).Select(name => new Model(
                name,
                [.. silos.Where(silo => silo.Models.Concat(silo.WarmModels).Contains(name)).Select(silo => silo.Name)],
                silos.Count(silo => silo.WarmModels.Contains(name)))),
        ];
    }

    private static JobKey KeyOf(Caller caller, string id)
    {
        var key = new JobKey(caller.Tenant, id);
        return key.Validate() is { Count: > 0 } errors ? throw Problem.NotAJobId(errors) : key;
    }

    private IVideoJobGrain Grain(JobKey key) => grains.GetGrain<IVideoJobGrain>(key.ToString());

    private async Task<JobStatus> StatusAsync(Caller caller, string id, CancellationToken cancellationToken)
    {
        caller.Require(Scopes.ReadJobs);
        var key = KeyOf(caller, id);
        return await Guarded.CallAsync(() => Grain(key).GetStatus(), cancellationToken);
    }

    private Task<PoolStatus> PoolAsync(CancellationToken cancellationToken) =>
        Guarded.CallAsync(() => grains.GetGrain<ISchedulerGrain>(ISchedulerGrain.DefaultPool).GetStatus(), cancellationToken);

    /// <summary>Makes sure that clip and masks were uploaded by this tenant and will be kept, and finds out how the mask is to be read.</summary>
    private async Task<Client.MaskKind> CheckInputsAsync(Caller caller, JobSubmission submission, CancellationToken cancellationToken)
    {
        // Elsewhere a model may also be given as a folder: whoever comes over the network must not name paths of this machine.
        if (submission.Settings.Model is { } model && !JobKey.IsName(model, 100))
            throw Problem.Invalid("settings.model must be the name of a model: /v1/models lists those there are.");
        _ = await RenewAsync(caller, submission.Video, cancellationToken);
        var marks = submission.Marks?.Take(MostMarks).Select(mark => mark.Mask) ?? [];
        foreach (var painted in new[] { submission.ProtectBackground, submission.ProtectForeground }.OfType<string>().Concat(marks))
            _ = await RenewAsync(caller, painted, cancellationToken);
        if (submission.Mask is null)
            return submission.MaskKind ?? Client.MaskKind.None;
        var mask = await RenewAsync(caller, submission.Mask, cancellationToken);
        return submission.MaskKind ?? (mask.FrameRate == 0 ? Client.MaskKind.FirstFrame : Client.MaskKind.EveryFrame);
    }

    private async Task<Video> RenewAsync(Caller caller, string id, CancellationToken cancellationToken) =>
        await Guarded.CallAsync(() => videos.FindAsync(caller.Tenant, id, renew: true, cancellationToken), cancellationToken) ?? throw Problem.NoVideo(id);
}
