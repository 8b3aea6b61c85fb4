using System.Diagnostics;
using StableVideo.Client;

namespace StableVideo.Tests.Hosting;

/// <summary>The drill: a store is copied while its server works, and another server goes on from the copy.</summary>
public sealed class BackupTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_copy_of_a_store_at_work_goes_on_elsewhere()
    {
        var backup = Directory.CreateTempSubdirectory("stablevideo-backup-").FullName;
        Dictionary<string, string> before;
        await using (var first = await Deployment.StartAsync())
        {
            await first.EditAsync("before");
            before = (await first.Client.ListArtifactsAsync("before", Cancel)).ToDictionary(artifact => artifact.Name, artifact => artifact.ArtifactId);
            await first.SubmitAsync("during", "a blue car", steps: 60);
            while ((await first.Client.GetJobAsync("during", Cancel)).Stages.Single(stage => stage.Stage == "EditForeground").State != StageState.Running)
                await Task.Delay(100, Cancel);
            Backup(first.Folder, backup);
            await first.Silo.KillAsync();
        }

        await using var second = await Deployment.StartOnAsync(backup);
        var artifacts = await second.Client.ListArtifactsAsync("before", Cancel);
        Assert.Equal(before, artifacts.ToDictionary(artifact => artifact.Name, artifact => artifact.ArtifactId));
        var path = Path.Combine(backup, "result.mp4");
        // Checked against its id.
        await second.Client.DownloadAsync(artifacts.Single(artifact => artifact.Name == "video"), path, cancellationToken: Cancel);
        Assert.True(new FileInfo(path).Length > 1000);

        var job = await second.EndAsync("during");
        Assert.True(job.Stages.Single(stage => stage.Stage == "Decompose").Reused);
        Assert.Equal(2, job.Stages.Single(stage => stage.Stage == "EditForeground").Attempt);
    }

    private static void Backup(string store, string target)
    {
        using var process = Process.Start(new ProcessStartInfo(Path.Combine(DashboardTests.Repository(), "scripts", "backup-store.sh"), [store, target]) { RedirectStandardError = true, RedirectStandardOutput = true })!;
        var output = process.StandardOutput.ReadToEnd() + process.StandardError.ReadToEnd();
        process.WaitForExit();
        Assert.True(process.ExitCode == 0, output);
    }
}
