using System.Net.Http.Json;
using System.Text.Json;
using StableVideo.Client;
using StableVideo.Imaging;

namespace StableVideo.Tests.Deploy.Cluster;

/// <summary>The very processes of a rendered chart, each with an address of its own, at work.</summary>
public sealed class ClusterTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_silo_that_is_scaled_away_in_mid_job_hands_back_and_the_job_goes_on()
    {
        await using var cluster = await RenderedCluster.StartAsync(
            "gateway.autoscaling.enabled=false,gateway.replicas=1,gateway.requestsPerSecond=0,silos.gpu.device=cpu,silos.gpu.autoscaling.minReplicas=2,silos.gpu.drainSeconds=15,silos.cpu.drainSeconds=15",
            new Dictionary<string, int> { ["sv-silo-gpu"] = 2 });
        var gateway = Assert.Single(cluster.PodsOf("sv-gateway"));
        using var client = new StableVideoClient(new Uri($"http://{gateway.Address}:8080"), new StableVideoClientOptions { Key = MakeKey(cluster, gateway) });
        await UntilAsync(async () => (await client.GetQueueAsync(Cancel)).Silos.Count == 3, "Three silos never reported.");
        Assert.Equal((0, 0, 0, 2), await DemandAsync(cluster));

        var clip = Path.Combine(Path.GetTempPath(), $"stablevideo-{Guid.NewGuid():n}.mp4");
        await SampleClip.WriteAsync(clip, null, new SampleClipOptions { Width = 96, Height = 64, FrameCount = 8 }, cancellationToken: Cancel);
        var video = await client.Videos.UploadAsync(clip, cancellationToken: Cancel);
        File.Delete(clip);
        await client.SubmitAsync("moved", new JobSubmission { Video = video.Id, Settings = new EditSettings { ForegroundPrompt = "a red car", BackgroundPrompt = "snowy winter", Steps = 60, KeyframeCount = 3, AggregationSteps = 4 } }, Cancel);

        JobStage? painting = null;
        await UntilAsync(
            async () => (painting = (await client.GetJobAsync("moved", Cancel)).Stages.Single(stage => stage.Stage == "EditForeground")) is { State: StageState.Running, Fraction: > 0.15 },
            "The object was never painted.");
        Assert.True((await DemandAsync(cluster)).Wanted >= 1, "The autoscaler would see no work.");

        var silo = cluster.Pods.Single(pod => pod.Name == painting!.Silo);
        Assert.StartsWith("sv-silo-gpu-", silo.Name, StringComparison.Ordinal);
        var (took, killed) = await silo.ScaleAwayAsync();
        Assert.False(killed, $"{silo.Name} did not end within {silo.Grace}:\n{silo.Output}");

        Job? job = null;
        await UntilAsync(async () => (job = await client.GetJobAsync("moved", Cancel)).HasEnded, "The job never ended.", seconds: 180);
        Assert.True(job!.State == JobState.Completed, $"{job.Error}\n{cluster.Output}");
        var moved = job.Stages.Single(stage => stage.Stage == "EditForeground");
        Assert.Equal(2, moved.Attempt);
        Assert.NotEqual(silo.Name, moved.Silo);
        var events = await client.GetEventsAsync("moved", cancellationToken: Cancel);
        Assert.Contains(events, happened => happened is { Kind: "StageHandedBack", Stage: "EditForeground" });
        Assert.DoesNotContain(events, happened => happened.Kind == "StageLost");
        Assert.Equal("Compose", Assert.Single(await client.ListArtifactsAsync("moved", Cancel), artifact => artifact.Name == "video").Stage);
        await UntilAsync(async () => await DemandAsync(cluster) == (0, 0, 0, 1), "The autoscaler still sees the silo.");
        foreach (var pod in cluster.Pods.Where(pod => pod != silo && !pod.Name.Contains("redis", StringComparison.Ordinal)))
        {
            using var http = new HttpClient();
            Assert.Contains("target_info", await http.GetStringAsync(new Uri($"http://{pod.Address}:8081/metrics"), Cancel), StringComparison.Ordinal);
        }

        TestContext.Current.TestOutputHelper?.WriteLine($"{silo.Name} ended {took.TotalSeconds:0.0} s after it was asked to, of {silo.Grace.TotalSeconds:0} s.");
    }

    /// <summary>As the chart's notes say.</summary>
    private static string MakeKey(RenderedCluster cluster, Pod gateway) =>
        gateway.Execute("dotnet", BuiltHost.PathOf("StableVideo.Cli", "stablevideo"), "keys", "add", "first key", "--blob-connection", cluster.Connection, "--blob-container", "stablevideo").Trim();

    /// <summary>What the autoscaler reads, by the very address that its object names.</summary>
    private static async Task<(int Wanted, int Waiting, int Busy, int Slots)> DemandAsync(RenderedCluster cluster)
    {
        var line = cluster.Manifests.Yaml.Split('\n').Single(text => text.Contains("url: ", StringComparison.Ordinal) && text.Contains("/scaling/default/gpu", StringComparison.Ordinal));
        using var http = new HttpClient();
        var demand = await http.GetFromJsonAsync<JsonElement>(cluster.Reach(line.Split("url:")[1].Trim().Trim('"')), Cancel);
        return (demand.GetProperty("wanted").GetInt32(), demand.GetProperty("waiting").GetInt32(), demand.GetProperty("busy").GetInt32(), demand.GetProperty("slots").GetInt32());
    }

    private static async Task UntilAsync(Func<Task<bool>> condition, string otherwise, int seconds = 90)
    {
        var start = TimeProvider.System.GetTimestamp();
        while (!await condition())
        {
            Assert.True(TimeProvider.System.GetElapsedTime(start).TotalSeconds < seconds, otherwise);
            await Task.Delay(200, Cancel);
        }
    }
}
