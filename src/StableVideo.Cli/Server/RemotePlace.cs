using System.Runtime.CompilerServices;
using StableVideo.Client;
using StableVideo.Cluster;
using StableVideo.Editing;
using StableVideo.Storage;

namespace StableVideo.Cli.Server;

/// <summary>Jobs on a server. Inputs are prepared in a store here and sent; results are fetched into it.</summary>
internal sealed class RemotePlace(StableVideoClient client, IArtifactStore store, Action<string, double> sending) : Jobs.IJobPlace
{
    public IArtifactStore Store => store;

    public async Task<JobStatus> SubmitAsync(string id, JobInputs inputs, CancellationToken cancellationToken)
    {
        await SendAsync(inputs.Video, VideoPurpose.Clip, "clip", cancellationToken);
        foreach (var (artifact, name) in new[] { (inputs.Mask, "mask"), (inputs.ProtectBackground, "protected background"), (inputs.ProtectForeground, "protected foreground") })
        {
            if (artifact is { } given) await SendAsync(given, VideoPurpose.Mask, name, cancellationToken);
        }

        foreach (var mark in inputs.Marks)
            await SendAsync(mark.Mask, VideoPurpose.Mask, $"mark of frame {mark.Frame}", cancellationToken);
        var job = await client.SubmitAsync(id, WireStatus.ToSubmission(inputs), cancellationToken);
        return WireStatus.Of(job.State is Client.JobState.Failed or Client.JobState.Cancelled ? await client.RetryAsync(id, cancellationToken) : job);
    }

    public async IAsyncEnumerable<JobStatus> WatchAsync(string id, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await foreach (var update in client.WatchAsync(id, cancellationToken: cancellationToken))
        {
            if (update.Job is { } job) yield return WireStatus.Of(job);
        }
    }

    public async Task<IReadOnlyDictionary<StageKind, StageResult>> ResultsAsync(JobStatus status, CancellationToken cancellationToken)
    {
        foreach (var artifact in (await client.ListArtifactsAsync(status.JobId, cancellationToken)).DistinctBy(artifact => artifact.ArtifactId))
            await FetchAsync(artifact, cancellationToken);
        return LocalCluster.ResultsOf(status);
    }

    /// <summary>Others may wait for the job, and the person may come back: it goes on.</summary>
    public Task<string?> LeaveAsync(string id) => Task.FromResult<string?>(
        $"The job goes on at {client.Server}. Run the same command again, or 'stablevideo watch {id}', to see how it is; 'stablevideo cancel {id}' stops it.");

    public ValueTask DisposeAsync()
    {
        client.Dispose();
        return ValueTask.CompletedTask;
    }

    private async Task SendAsync(ArtifactId id, VideoPurpose purpose, string name, CancellationToken cancellationToken)
    {
        using var file = await store.MaterializeAsync(id, "", cancellationToken);
        await client.Videos.UploadAsync(file.Path, purpose, new Relay(part => sending(name, part)), name, cancellationToken);
    }

    private async Task FetchAsync(JobArtifact artifact, CancellationToken cancellationToken)
    {
        if (await store.TouchAsync(ArtifactId.Parse(artifact.ArtifactId), cancellationToken)) return;
        var temporary = Path.Combine(Path.GetTempPath(), $"stablevideo-fetch-{Guid.NewGuid():N}");
        try
        {
            await client.DownloadAsync(artifact, temporary, cancellationToken: cancellationToken);
            await store.PutFileAsync(temporary, cancellationToken);
        }
        finally
        {
            File.Delete(temporary);
        }
    }

    private sealed class Relay(Action<double> report) : IProgress<double>
    {
        public void Report(double value) => report(value);
    }
}
