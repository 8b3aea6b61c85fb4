using System.Text.Json;
using StableVideo.Editing;

namespace StableVideo.Tests.Cluster;

public sealed class JobDocumentTests
{
    private static readonly DateTimeOffset Now = new(2030, 1, 2, 3, 4, 5, TimeSpan.Zero);
    private readonly JobDocument _job = new();

    public JobDocumentTests() => _job.Submit(JobMessages.ToRequest(WorkFolder.Inputs()), Now);

    [Fact]
    public void Stages_become_ready_as_their_dependencies_complete()
    {
        Assert.Equal([JobStage.Probe], Ready());
        Complete(JobStage.Probe);
        Assert.Equal([JobStage.Decompose], Ready());
        Complete(JobStage.Decompose);
        Assert.Equal([JobStage.EditBackground, JobStage.EditForeground], Ready());
        Complete(JobStage.EditForeground);
        Assert.Equal([JobStage.Aggregate], Ready());
        Complete(JobStage.Aggregate);
        Assert.Empty(Ready());
        Complete(JobStage.EditBackground);
        Assert.Equal([JobStage.Compose], Ready());
        Complete(JobStage.Compose);
        Assert.Empty(Ready());
        Assert.Equal(JobState.Completed, _job.State);
        Assert.Equal(Now, _job.EndedAt);
    }

    [Fact]
    public void Reports_of_an_old_attempt_change_nothing()
    {
        Ready();
        _job.Lost(_job[JobStage.Probe], "its silo died.", 5, Now);
        Ready();
        var before = JsonSerializer.Serialize(_job);

        Assert.False(_job.IsCurrent(JobStage.Probe, 1));
        Assert.False(_job.Started(JobStage.Probe, 1, "silo", Now));
        Assert.False(_job.Completed(JobStage.Probe, 1, Outcome(), Now));
        Assert.False(_job.Failed(JobStage.Probe, 1, "too late", Now));
        Assert.Equal(before, JsonSerializer.Serialize(_job));
        Assert.True(_job.Completed(JobStage.Probe, 2, Outcome(), Now));
    }

    [Fact]
    public void A_stage_that_is_lost_too_often_fails_the_job_and_says_so()
    {
        for (var loss = 1; loss <= 2; loss++)
        {
            Ready();
            _job.Lost(_job[JobStage.Probe], "its silo died.", 2, Now);
        }

        Assert.Equal(JobState.Waiting, _job.State);
        Ready();
        Assert.Equal(3, _job[JobStage.Probe].Attempt);
        _job.Lost(_job[JobStage.Probe], "its silo died.", 2, Now);

        Assert.Equal(JobState.Failed, _job.State);
        Assert.StartsWith("Probe was lost 3 times, the last time because its silo died.", _job.Error, StringComparison.Ordinal);
        Assert.True(_job.Retry(Now));
        Assert.Equal([JobStage.Probe], Ready());
        Assert.Equal((4, 0), (_job[JobStage.Probe].Attempt, _job[JobStage.Probe].Losses));
    }

    [Fact]
    public void The_state_follows_the_stages()
    {
        Assert.Equal(JobState.Submitted, _job.State);
        Ready();
        Assert.Equal(JobState.Waiting, _job.State);
        Assert.True(_job.Started(JobStage.Probe, 1, "silo", Now));
        Assert.False(_job.Started(JobStage.Probe, 1, "silo", Now));
        Assert.Equal(JobState.Running, _job.State);
        Assert.True(_job.Cancel(Now));
        Assert.False(_job.Cancel(Now));
        Assert.Equal((JobState.Cancelled, StageState.Pending), (_job.State, _job[JobStage.Probe].State));
        Assert.Empty(Ready());
    }

    [Fact]
    public void A_stage_that_fails_for_no_fault_of_the_job_pauses_longer_each_time_and_then_fails_with_its_last_error()
    {
        var rules = new RetryRules(2, TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(30));
        var now = Now;
        for (var attempt = 1; attempt <= 2; attempt++)
        {
            Assert.Equal([JobStage.Probe], Ready(now));
            Assert.True(_job.FailedForNow(JobStage.Probe, attempt, Failure($"crash {attempt}"), rules, now));
            Assert.Equal((JobState.Waiting, now + TimeSpan.FromSeconds(attempt)), (_job.State, _job[JobStage.Probe].NotBefore));
            Assert.Empty(Ready(now));
            now += TimeSpan.FromSeconds(attempt);
        }

        Assert.Equal([JobStage.Probe], Ready(now));
        Assert.True(_job.FailedForNow(JobStage.Probe, 3, Failure("crash 3"), rules, now));
        Assert.Equal((JobState.Failed, "crash 3 It was tried 3 times."), (_job.State, _job.Error));
        Assert.Equal(2, _job.Events.Count(happened => happened.Kind == JobEventKind.StageRetried));
    }

    [Fact]
    public void A_store_that_does_not_answer_is_waited_for_without_end()
    {
        var rules = new RetryRules(0, TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(30));
        var now = Now;
        for (var attempt = 1; attempt <= 20; attempt++)
        {
            Assert.Equal([JobStage.Probe], Ready(now));
            Assert.True(_job.FailedForNow(JobStage.Probe, attempt, Failure("the store is down", FailureKind.StoreUnavailable), rules, now));
            now = _job[JobStage.Probe].NotBefore!.Value;
            Assert.True(now - Now <= TimeSpan.FromSeconds(30) * attempt);
        }

        Assert.Equal(JobState.Waiting, _job.State);
    }

    [Fact]
    public void A_stage_that_is_handed_back_is_ready_at_once_and_counts_as_no_loss()
    {
        Complete(Ready()[0]);
        Ready();
        Assert.True(_job.Leased(JobStage.Decompose, 1, Offer("gpu-1"), Now));
        Assert.False(_job.Leased(JobStage.Decompose, 1, Offer("gpu-2"), Now));
        Assert.Equal((JobState.Running, "gpu-1"), (_job.State, _job[JobStage.Decompose].Silo));
        Assert.True(_job.HandedBack(JobStage.Decompose, 1, "gpu-1 stops.", Now));
        Assert.False(_job.HandedBack(JobStage.Decompose, 1, "gpu-1 stops.", Now));

        Assert.Equal([JobStage.Decompose], Ready());
        Assert.Equal((2, 0, 0), (_job[JobStage.Decompose].Attempt, _job[JobStage.Decompose].Losses, _job[JobStage.Decompose].Failures));
    }

    [Fact]
    public void Progress_becomes_an_event_now_and_then_and_is_dropped_when_the_job_ends()
    {
        Complete(Ready()[0]);
        Ready();
        Assert.True(_job.Leased(JobStage.Decompose, 1, Offer("gpu-1"), Now));
        Assert.False(_job.Progressed(JobStage.Decompose, 1, 0.1, "solving", Now + TimeSpan.FromSeconds(9)));
        Assert.True(_job.Progressed(JobStage.Decompose, 1, 0.2, "solving", Now + TimeSpan.FromSeconds(10)));
        Assert.False(_job.Progressed(JobStage.Decompose, 1, 0.3, "solving", Now + TimeSpan.FromSeconds(19)));
        Assert.Contains(_job.Events, happened => happened is { Kind: JobEventKind.Progress, Message: "Decompose is at 20 %: solving." });

        Assert.True(_job.Cancel(Now));
        Assert.DoesNotContain(_job.Events, happened => happened.Kind == JobEventKind.Progress);
        Assert.Contains(_job.Events, happened => happened.Kind == JobEventKind.StageLeased);
    }

    [Fact]
    public void The_event_log_stays_small()
    {
        for (var i = 0; i < 500; i++)
        {
            _job.Cancel(Now);
            _job.Retry(Now);
        }

        Assert.Equal(256, _job.Events.Count);
        Assert.Equal(1001, _job.Sequence);
        Assert.Equal(_job.Sequence, _job.Events[^1].Sequence);
    }

    [Fact]
    public void Stages_of_messages_and_of_the_paper_are_the_same()
    {
        Assert.Equal(Enum.GetNames<StageKind>(), Enum.GetNames<JobStage>());
        Assert.All(StageGraph.All, kind => Assert.Equal(kind.ToString(), JobMessages.ToStage(kind).ToString()));
    }

    private List<JobStage> Ready(DateTimeOffset? now = null)
    {
        var ready = _job.Ready(now ?? Now).ToList();
        ready.ForEach(stage => _job.Queue(stage, now ?? Now));
        _ = _job.EndIfComplete(now ?? Now);
        return [.. ready.Select(stage => stage.Stage)];
    }

    private void Complete(JobStage stage) => Assert.True(_job.Completed(stage, 1, Outcome(), Now));

    private static StageFailure Failure(string message, FailureKind kind = FailureKind.Transient) => new() { Message = message, Kind = kind };

    private static SlotOffer Offer(string silo) => new() { Silo = silo, Address = $"127.0.0.1:11111@{silo.Length}" };

    private static StageOutcome Outcome() => new() { Key = "k", Artifacts = new Dictionary<string, string>() };
}
