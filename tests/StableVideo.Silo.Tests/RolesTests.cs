using StableVideo.Cluster;
using StableVideo.Storage;

namespace StableVideo.Tests.Silo;

/// <summary>Where stages go, and what a job says while there is nowhere to go.</summary>
public sealed class RolesTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("stablevideo-roles-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task A_job_waits_for_a_gpu_silo_says_so_and_uses_each_silo_for_what_it_is_for()
    {
        await using var cluster = await ProcessCluster.StartAsync(new FolderArtifactStore(_folder), $"--Store:Folder={_folder}");
        cluster.StartSilo("cpu-1", "cpu");
        await cluster.ConnectAsync(1);
        var request = await SmallJob.ImportAsync(cluster.Store);
        var job = cluster.Grains.GetGrain<IVideoJobGrain>("roles");
        await job.Submit(request);
        await cluster.UntilAsync(async () => (await job.GetStatus())[JobStage.Decompose].State == StageState.Completed, TimeSpan.FromMinutes(2));
        await cluster.UntilAsync(async () => (await job.GetStatus())[JobStage.EditForeground].Message.Contains("GPU silo", StringComparison.Ordinal), TimeSpan.FromMinutes(1));
        Assert.Equal(JobState.Waiting, (await job.GetStatus()).State);

        cluster.StartSilo("gpu-1", "gpu");
        await cluster.UntilAsync(async () => (await job.GetStatus()).HasEnded, TimeSpan.FromMinutes(3));
        var status = await job.GetStatus();
        Assert.True(status.State == JobState.Completed, $"{status.Error}\n{cluster.Output}");
        Assert.Equal("cpu-1", status[JobStage.Decompose].Silo);
        Assert.Equal("gpu-1", status[JobStage.EditBackground].Silo);
        Assert.Equal("gpu-1", status[JobStage.EditForeground].Silo);
        Assert.Equal("gpu-1", status[JobStage.Aggregate].Silo);
        Assert.Equal("cpu-1", status[JobStage.Compose].Silo);
    }
}
