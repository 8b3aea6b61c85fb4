using StableVideo.Client;

namespace StableVideo.Tests.Client;

public sealed class JobTests
{
    [Theory]
    [InlineData(JobState.Submitted, false)]
    [InlineData(JobState.Running, false)]
    [InlineData(JobState.Waiting, false)]
    [InlineData(JobState.Completed, true)]
    [InlineData(JobState.Failed, true)]
    [InlineData(JobState.Cancelled, true)]
    public void A_job_has_ended_when_nothing_more_happens_by_itself(JobState state, bool ended) =>
        Assert.Equal(ended, new Job { Id = "a", State = state, Request = new JobSubmission { Video = "v" } }.HasEnded);
}
