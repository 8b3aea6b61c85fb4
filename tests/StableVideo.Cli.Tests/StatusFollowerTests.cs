using Microsoft.Extensions.Time.Testing;
using StableVideo.Cli.Progress;
using StableVideo.Cluster;

namespace StableVideo.Cli.Tests;

public sealed class StatusFollowerTests
{
    private readonly FakeTimeProvider clock = new();
    private readonly StatusFollower follower;

    public StatusFollowerTests() => follower = new StatusFollower(clock);

    [Fact]
    public void What_an_earlier_process_completed_counts_as_reused()
    {
        var first = Status(Complete(JobStage.Probe, 0.5), Complete(JobStage.Decompose, 40));
        Assert.True(StatusFollower.WasBegun(first));
        var events = follower.Next(first, isFirst: true).ToArray();
        Assert.Equal([("probe", 0.5, true), ("decompose", 40, true)], events.Cast<StageFinished>().Select(e => (e.Stage, e.Seconds, e.Reused)));
        Assert.Empty(follower.Next(first));
    }

    [Fact]
    public void A_new_job_was_not_begun()
    {
        Assert.False(StatusFollower.WasBegun(Status()));
        Assert.False(StatusFollower.WasBegun(Status(Running(JobStage.Probe, 0, "looking"))));
        Assert.True(StatusFollower.WasBegun(Status(Running(JobStage.Probe, 0, "looking", attempt: 2))));
    }

    [Fact]
    public void A_stage_starts_moves_and_ends()
    {
        Assert.Equal(
            [new StageStarted("decompose"), new StageProgressed("decompose", 0, "reading", null)],
            follower.Next(Status(Running(JobStage.Decompose, 0, "reading"))));
        Assert.Empty(follower.Next(Status(Running(JobStage.Decompose, 0, "reading"))));

        clock.Advance(TimeSpan.FromSeconds(10));
        Assert.Equal([new StageProgressed("decompose", 0.25, "solving", 30)], follower.Next(Status(Running(JobStage.Decompose, 0.25, "solving"))));

        var end = Assert.IsType<StageFinished>(Assert.Single(follower.Next(Status(Complete(JobStage.Decompose, 12.5)))));
        Assert.Equal((12.5, false), (end.Seconds, end.Reused));
    }

    [Fact]
    public void A_result_found_in_the_store_counts_as_reused()
    {
        var end = Assert.IsType<StageFinished>(Assert.Single(follower.Next(Status(Complete(JobStage.Decompose, 12.5, reused: true)))));
        Assert.True(end.Reused);
    }

    [Theory]
    [InlineData(JobStage.EditBackground, true)]
    [InlineData(JobStage.Probe, false)]
    public void A_stage_without_artifacts_had_nothing_to_do(JobStage stage, bool kept)
    {
        var end = Assert.IsType<StageFinished>(Assert.Single(follower.Next(Status(Complete(stage, 0, artifacts: [])))));
        Assert.Equal(kept, end.Kept);
    }

    [Fact]
    public void Notes_are_told_once()
    {
        follower.Know(["known"]);
        var events = follower.Next(Status(Complete(JobStage.EditBackground, 1, notes: ["known", "new"]), Complete(JobStage.EditForeground, 1, notes: ["new"])));
        Assert.Equal(["new"], events.OfType<Note>().Select(note => note.Message));
    }

    [Fact]
    public void A_failed_stage_says_why()
    {
        var failed = new StageStatus { Stage = JobStage.Compose, State = StageState.Failed, Error = "The disk is full." };
        Assert.Equal([new StageFailed("compose", "The disk is full.")], follower.Next(Status(failed)));
    }

    [Fact]
    public void A_lost_stage_starts_again()
    {
        _ = follower.Next(Status(Running(JobStage.Decompose, 0.5, "solving"))).ToArray();
        Assert.Equal(
            [new StageStarted("decompose"), new StageProgressed("decompose", 0, "reading", null)],
            follower.Next(Status(Running(JobStage.Decompose, 0, "reading", attempt: 2))));
    }

    private static StageStatus Running(JobStage stage, double fraction, string message, int attempt = 1) =>
        new() { Stage = stage, State = StageState.Running, Fraction = fraction, Message = message, Attempt = attempt };

    private static StageStatus Complete(JobStage stage, double seconds, bool reused = false, IReadOnlyList<string>? notes = null, Dictionary<string, string>? artifacts = null) => new()
    {
        Stage = stage,
        State = StageState.Completed,
        Fraction = 1,
        Attempt = 1,
        Outcome = new StageOutcome { Key = "k", Artifacts = artifacts ?? new Dictionary<string, string> { ["video"] = "sha256-1" }, Seconds = seconds, Reused = reused, Notes = notes ?? [] },
    };

    private static JobStatus Status(params StageStatus[] known) => new()
    {
        JobId = "job",
        State = JobState.Running,
        Request = new JobRequest { Video = "sha256-0", Settings = "{}" },
        Stages = [.. Enum.GetValues<JobStage>().Select(stage => known.FirstOrDefault(status => status.Stage == stage) ?? new StageStatus { Stage = stage, State = StageState.Pending })],
    };
}
