using System.Text;
using System.Text.Json.Nodes;
using StableVideo.Storage;

namespace StableVideo.Tests.Cluster;

/// <summary>State that an earlier version wrote.</summary>
public sealed class OldDocumentTests : IDisposable
{
    private readonly WorkFolder _work = new();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public void Dispose() => _work.Dispose();

    [Fact]
    public async Task A_job_written_before_there_were_slots_and_retries_is_continued()
    {
        var request = JobMessages.ToRequest(WorkFolder.Inputs());
        var outcome = $$"""{ "key": "k", "artifacts": { "output": "{{ArtifactId.Of("Probe"u8)}}" }, "metrics": {}, "facts": {}, "notes": [], "seconds": 0.5, "reused": false }""";
        var document = $$"""
            {
              "version": 1,
              "request": { "video": "{{request.Video}}", "mask": null, "maskKind": "None", "settings": {{JsonValue.Create(request.Settings)!.ToJsonString()}} },
              "state": "Running", "error": null,
              "submittedAt": "2026-01-02T03:04:05+00:00", "startedAt": "2026-01-02T03:04:05+00:00", "endedAt": null, "sequence": 5,
              "stages": [
                { "stage": "Probe", "state": "Completed", "attempt": 1, "losses": 0, "silo": "old", "outcome": {{outcome}} },
                { "stage": "Decompose", "state": "Running", "attempt": 3, "losses": 2, "silo": "old", "startedAt": "2026-01-02T03:04:06+00:00", "outcome": null },
                { "stage": "EditBackground", "state": "Pending", "attempt": 0, "losses": 0 },
                { "stage": "EditForeground", "state": "Pending", "attempt": 0, "losses": 0 },
                { "stage": "Aggregate", "state": "Pending", "attempt": 0, "losses": 0 },
                { "stage": "Compose", "state": "Pending", "attempt": 0, "losses": 0 }
              ],
              "events": [ { "sequence": 5, "at": "2026-01-02T03:04:06+00:00", "kind": "StageStarted", "stage": "Decompose", "message": "Decompose attempt 3 is computed on old." } ]
            }
            """;
        await _work.Store.WriteDocumentAsync("grains/videojob/old/state", Encoding.UTF8.GetBytes(document), WriteCondition.MustNotExist, Cancel);

        await using var cluster = await _work.StartAsync(new FakeExecutor(_work.Store));
        var status = await cluster.EndAsync("old");

        Assert.Equal((JobState.Completed, 4), (status.State, status[JobStage.Decompose].Attempt));
        Assert.Equal("k", status[JobStage.Probe].Outcome!.Key);
        var events = await cluster.GetEventsAsync("old");
        Assert.Equal((5, JobEventKind.StageStarted), (events[0].Sequence, events[0].Kind));
        Assert.Equal(events.Select(happened => happened.Sequence).Order(), events.Select(happened => happened.Sequence));
    }
}
