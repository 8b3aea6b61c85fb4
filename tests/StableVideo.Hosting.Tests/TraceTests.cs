using StableVideo.Tests.Hosting.Otlp;

namespace StableVideo.Tests.Hosting;

/// <summary>What real processes export of one job.</summary>
public sealed class TraceTests
{
    [Fact]
    public async Task A_job_is_one_trace_from_the_request_to_the_encoder()
    {
        await using var collector = await OtlpReceiver.StartAsync();
        await using (var deployment = await Deployment.StartAsync($"--OTEL_EXPORTER_OTLP_ENDPOINT={collector.Address}", "--OTEL_EXPORTER_OTLP_PROTOCOL=http/protobuf"))
            await deployment.EditAsync("traced");

        var job = Assert.Single(collector.Spans, span => span.Name == "job");
        var trace = collector.Spans.Where(span => span.Trace == job.Trace).ToList();
        var tree = TraceTree.Print(trace);
        TestContext.Current.TestOutputHelper?.WriteLine(tree);
        if (Environment.GetEnvironmentVariable("STABLEVIDEO_TRACE") is { } path)
            await File.WriteAllTextAsync(path, tree, TestContext.Current.CancellationToken);

        var root = Assert.Single(trace, span => trace.TrueForAll(other => other.Id != span.Parent));
        Assert.Equal(("PUT /v1/jobs/{id}", "stablevideo-gateway"), (root.Name, root.Service));
        Assert.Equal("Completed", job.Attributes["stablevideo.job.state"]);
        var submitted = Assert.Single(trace, span => span.Name == "submit job");
        foreach (var stage in new[] { "Probe", "Decompose", "EditBackground", "EditForeground", "Aggregate", "Compose" })
        {
            var attempt = Assert.Single(trace, span => span.Name == $"stage {stage}");
            Assert.Equal((submitted.Id, "1", "traced", "default", "silo-1"), (attempt.Parent, attempt.Attributes["stablevideo.attempt"], attempt.Attributes["stablevideo.job.id"], attempt.Attributes["stablevideo.tenant"], attempt.Attributes["stablevideo.silo"]));
            Assert.True(attempt.Start >= job.Start && attempt.End <= job.End, tree);
        }

        var keyframes = trace.Where(span => span.Name == "keyframe").ToList();
        Assert.Equal(2, keyframes.Count);
        Assert.All(keyframes, keyframe => Assert.Equal("stage EditForeground", trace.Single(span => span.Id == keyframe.Parent).Name));
        Assert.Single(trace, span => span.Name == "render and encode");
        Assert.Equal(5, trace.Count(span => span.Name.StartsWith("wait for ", StringComparison.Ordinal)));
        Assert.True(trace.Count < 80, tree);
        foreach (var stage in new[] { "Decompose", "Compose" })
        {
            var line = Assert.Single(collector.Logs, line => line.Text.Contains("completed in", StringComparison.Ordinal) && line.Attributes.GetValueOrDefault("stablevideo.stage") == stage);
            Assert.Equal((job.Trace, "traced", "1", "silo-1"), (line.Trace, line.Attributes["stablevideo.job.id"], line.Attributes["stablevideo.attempt"], line.Attributes["stablevideo.silo"]));
        }
    }
}
