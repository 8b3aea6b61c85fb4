using StableVideo.Cluster;
using StableVideo.Storage;
using StableVideo.Tests.Storage;

namespace StableVideo.Tests.Silo;

/// <summary>What lies beside the silos goes away and comes back.</summary>
public sealed class OutageTests(Azurite azurite) : IClassFixture<Azurite>
{
    private static readonly TimeSpan Long = TimeSpan.FromMinutes(5);

    [Fact]
    public async Task Losing_all_that_Redis_knows_loses_no_job()
    {
        var store = await azurite.TenantsAsync("redis-outage");
        await using var cluster = await ProcessCluster.StartAsync(store.System, $"--Store:BlobConnectionString={azurite.Connection}", "--Store:BlobContainer=redis-outage");
        cluster.StartSilo("all-1", "cpu, gpu");
        cluster.StartSilo("all-2", "cpu, gpu");
        await cluster.ConnectAsync(2);
        var request = await SmallJob.ImportAsync(store.System);
        var jobs = Enumerable.Range(0, 4).Select(number => $"job-{number}").ToList();
        for (var number = 0; number < jobs.Count; number++)
            await cluster.Grains.GetGrain<IVideoJobGrain>(jobs[number]).Submit(request.With(number));

        await cluster.Redis.FlushAsync();
        await cluster.Redis.KillAsync();
        await Task.Delay(TimeSpan.FromSeconds(10), TestContext.Current.CancellationToken);
        await cluster.Redis.StartAsync();

        await RestartThoseThatEndedAsync(cluster, async () =>
        {
            foreach (var job in jobs)
            {
                if ((await cluster.Grains.GetGrain<IVideoJobGrain>(job).GetStatus()).State != JobState.Completed)
                    return false;
            }

            return true;
        });
    }

    [Fact]
    public async Task A_job_pauses_while_the_store_is_down_says_so_and_continues()
    {
        var store = await azurite.TenantsAsync("store-outage");
        await using var cluster = await ProcessCluster.StartAsync(store.System, $"--Store:BlobConnectionString={azurite.Connection}", "--Store:BlobContainer=store-outage");
        cluster.StartSilo("all-1", "cpu, gpu");
        await cluster.ConnectAsync(1);
        var job = cluster.Grains.GetGrain<IVideoJobGrain>("paused");
        await job.Submit(await SmallJob.ImportAsync(store.System, frames: 12));
        await cluster.UntilAsync(async () => (await job.GetStatus())[JobStage.Decompose].State == StageState.Running, Long);

        await azurite.StopAsync();
        var said = await WordsAsync(job, TimeSpan.FromSeconds(30));
        Assert.True(await azurite.StartAsync());
        Assert.Contains(said, words => words.Contains(azurite.Address, StringComparison.Ordinal));

        await cluster.UntilAsync(async () => (await job.GetStatus()).HasEnded, Long);
        var status = await job.GetStatus();
        Assert.True(status.State == JobState.Completed, $"{status.Error}\n{cluster.Output}");
        Assert.True(cluster.IsUp("all-1"), cluster.Output);
    }

    [Fact]
    public async Task A_job_pauses_while_the_disk_of_the_store_is_full_says_so_and_continues()
    {
        await using var service = new Azurite();
        using var disk = SmallDisk.Mount(Directory.CreateDirectory(service.Folder).FullName, "64m");
        await service.InitializeAsync();
        var store = await service.TenantsAsync("full");
        await using var cluster = await ProcessCluster.StartAsync(store.System, $"--Store:BlobConnectionString={service.Connection}", "--Store:BlobContainer=full");
        cluster.StartSilo("all-1", "cpu, gpu");
        await cluster.ConnectAsync(1);
        var job = cluster.Grains.GetGrain<IVideoJobGrain>("paused");
        await job.Submit(await SmallJob.ImportAsync(store.System, frames: 12));
        await cluster.UntilAsync(async () => (await job.GetStatus())[JobStage.Decompose].State == StageState.Running, Long);

        disk.Fill();
        var said = await WordsAsync(job, Long, until: service.Address);
        disk.Resize("256m");
        Assert.Contains(said, words => words.Contains(service.Address, StringComparison.Ordinal));

        await cluster.UntilAsync(async () => (await job.GetStatus()).HasEnded, Long);
        var status = await job.GetStatus();
        Assert.True(status.State == JobState.Completed, $"{status.Error}\n{cluster.Output}");
        Assert.True(cluster.IsUp("all-1"), cluster.Output);
    }

    /// <summary>All that a job says of itself, or that calls to it fail with, in a span of time, or until it names something.</summary>
    private static async Task<IReadOnlyCollection<string>> WordsAsync(IVideoJobGrain job, TimeSpan duration, string? until = null)
    {
        var words = new HashSet<string>(StringComparer.Ordinal);
        var start = TimeProvider.System.GetTimestamp();
        while (TimeProvider.System.GetElapsedTime(start) < duration && !(until is not null && words.Any(word => word.Contains(until, StringComparison.Ordinal))))
        {
            try
            {
                words.UnionWith((await job.GetStatus()).Stages.SelectMany(stage => new[] { stage.Message, stage.Error ?? "" }));
            }
            catch (Exception exception)
            {
                words.Add(exception.ToString());
            }

            await Task.Delay(200);
        }

        return words;
    }

    /// <summary>Plays the part of Kubernetes: a silo that ended is started again.</summary>
    private static async Task RestartThoseThatEndedAsync(ProcessCluster cluster, Func<Task<bool>> done) => await cluster.UntilAsync(
        async () =>
        {
            foreach (var name in cluster.Silos.Where(name => !cluster.IsUp(name)).ToList())
                cluster.RestartSilo(name);
            return await done();
        },
        Long);
}
