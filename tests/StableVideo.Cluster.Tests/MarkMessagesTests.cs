using StableVideo.Editing;
using StableVideo.Storage;

namespace StableVideo.Tests.Cluster;

/// <summary>Marked frames and the last stage, on their way through requests.</summary>
public sealed class MarkMessagesTests
{
    private static readonly ArtifactId One = ArtifactId.Of("one"u8);
    private static readonly ArtifactId Other = ArtifactId.Of("other"u8);

    [Fact]
    public void Marks_and_the_last_stage_survive_the_request()
    {
        var inputs = WorkFolder.Inputs() with { Marks = [new ObjectMark(2, One), new ObjectMark(7, Other)], Until = StageKind.Decompose };
        var request = JobMessages.ToRequest(inputs);
        var back = JobMessages.ToInputs(request with { Marks = [.. request.Marks!.Reverse()] });
        Assert.Equal(inputs.Marks, back.Marks);
        Assert.Equal(StageKind.Decompose, back.Until);
        Assert.Empty(JobMessages.Differences(inputs, back));
        Assert.Equal([inputs.Video, One, Other], back.Artifacts);
    }

    [Fact]
    public void Other_marks_and_another_end_make_another_job()
    {
        var plain = WorkFolder.Inputs();
        JobInputs[] all = [plain, plain with { Marks = [new ObjectMark(2, One)] }, plain with { Marks = [new ObjectMark(3, One)] }, plain with { Until = StageKind.Decompose }];
        Assert.Equal(4, all.Select(JobId.For).Distinct().Count());
        Assert.Equal(["marks"], JobMessages.Differences(plain, all[1]));
        Assert.Equal(["last stage"], JobMessages.Differences(plain, all[3]));
    }

    [Fact]
    public void What_can_not_be_is_named()
    {
        var request = JobMessages.ToRequest(WorkFolder.Inputs() with { Mask = One, MaskKind = MaskKind.FirstFrame }) with
        {
            Marks = [new FrameMark(-1, One.Value), new FrameMark(4, "m.png"), new FrameMark(4, One.Value)],
            Until = "Render",
        };
        var refusal = Assert.Throws<JobRejectedException>(() => JobMessages.ToInputs(request));
        Assert.Equal(
            [
                "A mask and marked frames were given. Give one or the other.",
                "Frame -1 is marked, but frames are numbered from 0.",
                "Frame 4 is marked more than once. Mark it once.",
                "Mark of frame 4 'm.png' is not an artifact id. Upload the mask first and use the id it was given.",
                "There is no stage 'Render' to end behind. Name one of Probe, Decompose, EditBackground, EditForeground, Aggregate, Compose.",
            ],
            refusal.Errors);
    }

    [Fact]
    public void A_job_is_complete_behind_its_last_stage()
    {
        var job = new JobDocument();
        var now = new DateTimeOffset(2030, 1, 2, 3, 4, 5, TimeSpan.Zero);
        job.Submit(JobMessages.ToRequest(WorkFolder.Inputs() with { Until = StageKind.Decompose }), now);
        Assert.Equal([JobStage.Probe, JobStage.Decompose], job.Stages.Select(stage => stage.Stage));
        foreach (var stage in job.Stages)
        {
            Assert.False(job.EndIfComplete(now));
            Assert.Same(stage, Assert.Single(job.Ready(now)));
            job.Reuse(stage, new StageOutcome { Key = "key", Artifacts = new Dictionary<string, string>() }, now);
        }

        Assert.True(job.EndIfComplete(now));
        Assert.Equal(JobState.Completed, job.State);
    }
}
