using System.Diagnostics;
using System.Globalization;
using StableVideo.Cluster;
using StableVideo.Editing;
using StableVideo.Storage;
using StableVideo.Tests.Storage;

namespace StableVideo.Tests.Silo;

/// <summary>
/// Jobs of two tenants while silos are killed and restarted at random. A minute by default; STABLEVIDEO_CHAOS_SECONDS and STABLEVIDEO_CHAOS_SEED
/// make it longer, with jobs that take as much longer, or different.
/// </summary>
public sealed class ChaosTests(Azurite azurite) : IClassFixture<Azurite>, IDisposable
{
    private const int JobsPerTenant = 10;
    private static readonly string[] Tenants = ["ada", "bob"];
    private readonly string _folder = Directory.CreateTempSubdirectory("stablevideo-chaos-").FullName;

    private static int Number(string name, int otherwise) =>
        int.TryParse(Environment.GetEnvironmentVariable(name), CultureInfo.InvariantCulture, out var number) ? number : otherwise;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task Jobs_end_with_the_bytes_of_an_undisturbed_run_while_silos_are_killed()
    {
        var (seconds, seed) = (Number("STABLEVIDEO_CHAOS_SECONDS", 60), Number("STABLEVIDEO_CHAOS_SEED", 1));
        var effort = Math.Max(1, seconds / 60);
        var expected = await UndisturbedAsync(effort);
        var store = await azurite.TenantsAsync("chaos");
        await using var cluster = await ProcessCluster.StartAsync(store.System, $"--Store:BlobConnectionString={azurite.Connection}", "--Store:BlobContainer=chaos");
        foreach (var name in (string[])["gpu-1", "gpu-2", "gpu-3"])
            cluster.StartSilo(name, "gpu");
        cluster.StartSilo("cpu-1", "cpu");
        await cluster.ConnectAsync(4);
        var jobs = new List<(JobKey Key, int Number)>();
        foreach (var tenant in Tenants)
        {
            var request = await SmallJob.ImportAsync(store.For(tenant));
            for (var number = 0; number < JobsPerTenant; number++)
            {
                var key = new JobKey(tenant, $"job-{number}");
                await cluster.Grains.GetGrain<IVideoJobGrain>(key.ToString()).Submit(request.With(number, effort));
                jobs.Add((key, number));
            }
        }

        var kills = await KillAtRandomAsync(cluster, TimeSpan.FromSeconds(seconds), new Random(seed));
        var ended = new List<(string Tenant, JobStatus Status)>();
        foreach (var (key, number) in jobs)
        {
            var job = cluster.Grains.GetGrain<IVideoJobGrain>(key.ToString());
            await cluster.UntilAsync(async () => (await job.GetStatus()).HasEnded, TimeSpan.FromMinutes(10));
            var status = await job.GetStatus();
            Assert.True(status.State == JobState.Completed, $"{key}: {status.Error}\n{cluster.Output}");
            Assert.Equal(expected[number], status[JobStage.Compose].Outcome!.Artifacts[ArtifactNames.Video]);
            ended.Add((key.Tenant, status));
        }

        await AssertNothingIsOrphanedAsync(ended);
        var recoveries = await RecoveriesAsync(cluster, jobs.Select(job => job.Key), kills);
        TestContext.Current.SendDiagnosticMessage($"{kills.Count} kills hit {recoveries.Count} stages; recovery in s: {string.Join(' ', recoveries.Order().Select(r => r.TotalSeconds.ToString("0.0", CultureInfo.InvariantCulture)))}");
        Assert.NotEmpty(recoveries);
        // The limit is that of the long run on a machine of its own; the short one hits few stages, and says little where the cores do other things as well.
        Assert.InRange(recoveries.Order().ElementAt(recoveries.Count / 2), TimeSpan.Zero, TimeSpan.FromSeconds(seconds >= 300 ? 15 : 60));
    }

    /// <summary>Video artifacts of the same edits in one process on a folder.</summary>
    private async Task<IReadOnlyList<string>> UndisturbedAsync(int effort)
    {
        await using var cluster = await LocalCluster.StartAsync(new LocalClusterOptions { StoreFolder = _folder });
        var request = await SmallJob.ImportAsync(cluster.Store);
        var videos = new List<string>();
        for (var number = 0; number < JobsPerTenant; number++)
        {
            var id = $"job-{number}";
            await cluster.SubmitAsync(id, JobMessages.ToInputs(request.With(number, effort)));
            JobStatus? last = null;
            await foreach (var status in cluster.WatchAsync(id))
                last = status;
            Assert.True(last!.State == JobState.Completed, last.Error);
            videos.Add(last[JobStage.Compose].Outcome!.Artifacts[ArtifactNames.Video]);
        }

        return videos;
    }

    /// <summary>A collection some hours later keeps all that jobs made, and leaves nothing that nobody names.</summary>
    private async Task AssertNothingIsOrphanedAsync(IReadOnlyList<(string Tenant, JobStatus Status)> jobs)
    {
        var clock = new LaterClock(TimeSpan.FromHours(5));
        var stores = await TenantStores.InBlobsAsync(azurite.Container("chaos"), options: new ArtifactStoreOptions { Clock = clock });
        var policy = new RetentionPolicy { Unclaimed = RetentionPolicy.ShortestSinceUse };
        var collector = new ArtifactCollector(stores, JobClaims.All(policy), policy, clock);
        var collected = await collector.CollectAsync();
        TestContext.Current.SendDiagnosticMessage($"The collection kept {collected.Total.ArtifactsKept} artifacts and deleted {collected.Total.ArtifactsDeleted} that killed attempts had left.");

        Assert.Equal(0, (await collector.CollectAsync(dryRun: true)).Kinds[RetentionKind.Unclaimed].ArtifactsKept);
        foreach (var (tenant, status) in jobs)
        {
            foreach (var id in status.Stages.SelectMany(stage => stage.Outcome!.Artifacts.Values))
                Assert.True(await stores.For(tenant).ExistsAsync(ArtifactId.Parse(id)), $"{status.JobId} of {tenant} lost {id}.");
        }
    }

    private static async Task<List<(string Silo, DateTimeOffset At)>> KillAtRandomAsync(ProcessCluster cluster, TimeSpan duration, Random random)
    {
        var kills = new List<(string, DateTimeOffset)>();
        var start = Stopwatch.GetTimestamp();
        var names = cluster.Silos.Order(StringComparer.Ordinal).ToList();
        while (Stopwatch.GetElapsedTime(start) < duration)
        {
            await Task.Delay(TimeSpan.FromSeconds(4 + (8 * random.NextDouble())));
            var busy = await BusyAsync(cluster);
            var name = busy.Count > 0 ? busy[random.Next(busy.Count)] : names[random.Next(names.Count)];
            kills.Add((name, DateTimeOffset.UtcNow));
            await cluster.KillSiloAsync(name);
            await Task.Delay(TimeSpan.FromSeconds(3 * random.NextDouble()));
            cluster.RestartSilo(name);
        }

        return kills;
    }

    /// <summary>Silos that compute something, as far as the scheduler can be asked.</summary>
    private static async Task<IReadOnlyList<string>> BusyAsync(ProcessCluster cluster)
    {
        try
        {
            return [.. (await cluster.StatusAsync()).Silos.Where(silo => silo.Busy > 0).Select(silo => silo.Name)];
        }
        catch (Exception exception) when (exception is TimeoutException or OrleansException)
        {
            return [];
        }
    }

    /// <summary>For each stage that was running on a silo that was killed: the time from the kill until it had a slot again.</summary>
    private static async Task<List<TimeSpan>> RecoveriesAsync(ProcessCluster cluster, IEnumerable<JobKey> jobs, List<(string Silo, DateTimeOffset At)> kills)
    {
        var recoveries = new List<TimeSpan>();
        foreach (var key in jobs)
        {
            var events = await cluster.Grains.GetGrain<IVideoJobGrain>(key.ToString()).GetEvents(0);
            foreach (var ofStage in events.Where(e => e.Stage is not null).GroupBy(e => e.Stage))
            {
                var story = ofStage.ToList();
                for (var i = 0; i < story.Count; i++)
                {
                    if (story[i].Kind != JobEventKind.StageLost)
                        continue;
                    var leased = story.Take(i).LastOrDefault(e => e.Kind == JobEventKind.StageLeased);
                    var again = story.Skip(i).FirstOrDefault(e => e.Kind == JobEventKind.StageLeased);
                    var kill = kills.LastOrDefault(k => leased is not null && leased.Message.Contains($" on {k.Silo} ", StringComparison.Ordinal) && k.At >= leased.At && k.At <= story[i].At);
                    if (again is null || kill.Silo is null)
                        continue;
                    recoveries.Add(again.At - kill.At);
                    TestContext.Current.SendDiagnosticMessage($"{key}: {kill.Silo} was killed at {kill.At:mm:ss.f}; {string.Join("; ", story.Where(e => e.At >= kill.At && e.At <= again.At).Select(e => $"{e.At:mm:ss.f} {e.Message}"))}");
                }
            }
        }

        return recoveries;
    }

    private sealed class LaterClock(TimeSpan by) : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => base.GetUtcNow() + by;
    }
}
