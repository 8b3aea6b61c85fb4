using StableVideo.Cluster;
using StableVideo.Storage;

namespace StableVideo.Tests.Silo;

/// <summary>Silos that are asked to stop.</summary>
public sealed class DrainTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("stablevideo-drain-").FullName;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task A_rolling_restart_hands_everything_back_and_repeats_no_finished_keyframe()
    {
        var store = new FolderArtifactStore(_folder);
        await using var cluster = await ProcessCluster.StartAsync(store, $"--Store:Folder={_folder}");
        string[] names = ["gpu-1", "gpu-2", "cpu-1"];
        foreach (var name in names)
            cluster.StartSilo(name, name[..3]);
        await cluster.ConnectAsync(names.Length);
        var request = await SmallJob.ImportAsync(store, frames: 16);
        var jobs = Enumerable.Range(0, 4).Select(number => cluster.Grains.GetGrain<IVideoJobGrain>($"drained-{number}")).ToList();
        for (var number = 0; number < jobs.Count; number++)
            await jobs[number].Submit(request.With(number));
        await cluster.UntilAsync(async () => await store.ListDocumentsAsync("keyframes/", Cancel).AnyAsync(Cancel), TimeSpan.FromMinutes(2));

        var keyframes = new Dictionary<string, ETag>();
        foreach (var name in names)
        {
            await foreach (var document in store.ListDocumentsAsync("keyframes/", Cancel))
                keyframes.TryAdd(document, (await store.ReadDocumentAsync(document, Cancel))!.ETag);
            var took = await cluster.TerminateSiloAsync(name);
            Assert.True(took < TimeSpan.FromSeconds(25), $"{name} took {took} to stop.\n{cluster.OutputOf(name)}");
            cluster.RestartSilo(name);
            await cluster.UntilAsync(async () => (await cluster.StatusAsync()).Silos.Any(silo => silo.Name == name && !silo.Draining), TimeSpan.FromMinutes(2));
        }

        var handedBack = 0;
        foreach (var job in jobs)
        {
            await cluster.UntilAsync(async () => (await job.GetStatus()).HasEnded, TimeSpan.FromMinutes(4));
            var status = await job.GetStatus();
            Assert.True(status.State == JobState.Completed, $"{status.Error}\n{cluster.Output}");
            var events = await job.GetEvents(0);
            Assert.True(events.All(happened => happened.Kind != JobEventKind.StageLost), string.Join('\n', events.Select(happened => $"{happened.At:O} {happened.Message}")));
            handedBack += events.Count(happened => happened.Kind == JobEventKind.StageHandedBack);
        }

        Assert.NotEqual(0, handedBack);
        Assert.NotEmpty(keyframes);
        foreach (var (document, etag) in keyframes)
            Assert.Equal(etag, (await store.ReadDocumentAsync(document, Cancel))!.ETag);
    }
}
