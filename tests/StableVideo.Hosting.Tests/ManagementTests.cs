using System.Text.Json;

namespace StableVideo.Tests.Hosting;

/// <summary>What operators and their programs ask of real processes.</summary>
public sealed class ManagementTests
{
    [Fact]
    public async Task Processes_say_how_they_are()
    {
        await using var deployment = await Deployment.StartAsync();
        Assert.Equal((200, "ok\n"), await deployment.AskAsync(deployment.SiloManagement, "livez"));
        Assert.Equal((200, "ok\n"), await deployment.AskAsync(deployment.GatewayManagement, "readyz"));
        Assert.Equal(404, (await deployment.AskAsync(deployment.SiloManagement, "v1/jobs")).Status);

        var (status, text) = await deployment.AskAsync(deployment.GatewayManagement, "scaling/default/gpu");
        Assert.Equal(200, status);
        var demand = JsonSerializer.Deserialize<JsonElement>(text);
        Assert.Equal((0, 1), (demand.GetProperty("wanted").GetInt32(), demand.GetProperty("slots").GetInt32()));
        Assert.Equal(404, (await deployment.AskAsync(deployment.GatewayManagement, "scaling/default/tpu")).Status);

        await deployment.EditAsync("measured");
        var (_, metrics) = await deployment.AskAsync(deployment.SiloManagement, "metrics");
        foreach (var name in new[]
        {
            "stablevideo_stage_duration_seconds_count", "stablevideo_job_duration_seconds_count", "stablevideo_queue_depth", "stablevideo_slots_total",
            "stablevideo_denoising_steps_total", "stablevideo_model_load_duration_seconds_count", "stablevideo_store_operation_duration_seconds_count", "stablevideo_store_io_bytes_total",
        })
        {
            Assert.Contains(name, metrics, StringComparison.Ordinal);
        }

        await deployment.Silo.KillAsync();
        (int Status, string Text) ready;
        var tries = 0;
        while ((ready = await deployment.AskAsync(deployment.GatewayManagement, "readyz")).Status != 503)
        {
            Assert.True(tries++ < 100, "The gateway never noticed that its cluster has gone.");
            await Task.Delay(200, TestContext.Current.CancellationToken);
        }

        Assert.StartsWith("cluster: ", ready.Text, StringComparison.Ordinal);
        Assert.Equal(200, (await deployment.AskAsync(deployment.GatewayManagement, "livez")).Status);
    }
}
