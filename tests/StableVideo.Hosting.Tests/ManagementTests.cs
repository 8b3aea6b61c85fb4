using System.Text.Json;
using StableVideo.Client;
using StableVideo.Tests.Hosting.Otlp;

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

        Assert.Matches("stablevideo_stages_lost_total\\{[^}]*stage=\"Compose\"[^}]*\\} 0\\s", metrics);

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

    [Fact]
    public async Task A_silo_that_drains_is_not_ready_and_logs_what_it_stopped()
    {
        await using var collector = await OtlpReceiver.StartAsync();
        await using (var deployment = await Deployment.StartAsync($"--OTEL_EXPORTER_OTLP_LOGS_ENDPOINT={collector.Address}/v1/logs", "--OTEL_EXPORTER_OTLP_PROTOCOL=http/protobuf"))
        {
            await deployment.SubmitAsync("drained", "a red car", steps: 200);
            for (var tries = 0; (await deployment.Client.GetJobAsync("drained", TestContext.Current.CancellationToken)).Stages.All(stage => stage is not { Stage: "EditBackground", State: StageState.Running }); tries++)
            {
                Assert.True(tries < 300, deployment.Output);
                await Task.Delay(100, TestContext.Current.CancellationToken);
            }

            var end = deployment.Silo.TerminateAsync(TimeSpan.FromSeconds(60));
            var answers = new HashSet<(int Status, string Text)>();
            while (!end.IsCompleted)
            {
                answers.Add(await deployment.AskAsync(deployment.SiloManagement, "readyz"));
                await Task.Delay(10, TestContext.Current.CancellationToken);
            }

            await end;
            Assert.Contains((503, "host: It stops.\n"), answers);
        }

        var stopped = Assert.Single(collector.Logs, line => line.Text.EndsWith(" stopped", StringComparison.Ordinal) && line.Attributes.GetValueOrDefault("stablevideo.stage") == "EditBackground");
        Assert.Equal("drained", stopped.Attributes["stablevideo.job.id"]);
        Assert.NotEmpty(stopped.Trace);
    }
}
