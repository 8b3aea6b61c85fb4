using StableVideo.Client;
using StableVideo.Web.Studio;

namespace StableVideo.Tests.Web.Studio;

public sealed class ExpectationTests
{
    private static readonly EditSettings Settings = new() { ForegroundPrompt = "a red car", BackgroundPrompt = "snowy winter", Seed = 1, Steps = 10, KeyframeCount = 3, NegativePrompt = "" };

    private static readonly Job Earlier = new()
    {
        Id = "edit",
        State = JobState.Completed,
        Request = new JobSubmission { Video = "clip", Settings = Settings },
        Stages =
        [
            Stage("Probe", 1), Stage("Decompose", 100), Stage("EditBackground", 20), Stage("EditForeground", 60), Stage("Aggregate", 4), Stage("Compose", 5),
        ],
    };

    public static TheoryData<string, EditSettings, bool, string> Edits => new()
    {
        { "nothing", Settings, true, "Nothing has changed: all of it is there already and will be reused." },
        { "defaults that are not said", Settings with { Seed = null, KeyframeCount = null, NegativePrompt = null }, true, "Nothing has changed: all of it is there already and will be reused." },
        { "the surroundings", Settings with { BackgroundPrompt = "autumn" }, true, "About 25 s of computing: edit the surroundings, render the video. All else is reused." },
        { "the object", Settings with { ForegroundPrompt = "a blue car" }, true, "About 69 s of computing: edit the object, merge keyframes, render the video. All else is reused." },
        { "keyframes", Settings with { Keyframes = [0, 7] }, true, "About 69 s of computing: edit the object, merge keyframes, render the video. All else is reused." },
        { "a layer that is left", Settings with { ForegroundPrompt = null }, true, "About 5 s of computing: render the video. All else is reused." },
        { "twice the steps", Settings with { Steps = 20, ForegroundPrompt = null }, true, "About 45 s of computing: edit the surroundings, render the video. All else is reused." },
        {
            "another object", Settings, false,
            "About 3 min of computing: split into layers, edit the surroundings, edit the object, merge keyframes, render the video."
        },
    };

    [Theory]
    [MemberData(nameof(Edits))]
    public void An_edit_computes_what_has_changed(string what, EditSettings wanted, bool isSameObject, string expected) =>
        Assert.True(expected == Expectation.Of(Earlier, wanted, isSameObject), $"{what}: {Expectation.Of(Earlier, wanted, isSameObject)}");

    [Fact]
    public void A_layer_that_was_kept_is_taken_to_last_as_long_as_the_other()
    {
        var earlier = Earlier with { Request = new JobSubmission { Video = "clip", Settings = Settings with { BackgroundPrompt = null } } };
        Assert.Equal("About 65 s of computing: edit the surroundings, render the video. All else is reused.", Expectation.Of(earlier, Settings, isSameObject: true));
    }

    private static JobStage Stage(string name, double seconds) => new() { Stage = name, State = StageState.Completed, Seconds = seconds };
}
