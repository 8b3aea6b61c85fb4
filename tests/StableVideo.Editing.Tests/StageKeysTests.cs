using StableVideo.Storage;

namespace StableVideo.Editing.Tests;

/// <summary>Keys depend on exactly what determines a result: each row changes one thing and lists the stages that have to run again.</summary>
public class StageKeysTests
{
    private static readonly StageKeys.ModelFacts Model = new("digest", 6, 2, 1.5f, 0.85f);
    private static readonly EditSettings Settings = new() { ForegroundPrompt = "a red car", BackgroundPrompt = "snowy winter" };

    public static TheoryData<string, EditSettings, StageKind[]> Changes => new()
    {
        { "nothing", Settings, [] },
        { "foreground prompt", Settings with { ForegroundPrompt = "a blue car" }, [StageKind.EditForeground] },
        { "no foreground prompt", Settings with { ForegroundPrompt = null }, [StageKind.EditForeground, StageKind.Aggregate] },
        { "background prompt", Settings with { BackgroundPrompt = "autumn" }, [StageKind.EditBackground] },
        { "negative prompt", Settings with { NegativePrompt = "night" }, [StageKind.EditBackground, StageKind.EditForeground] },
        { "keyframes", Settings with { Keyframes = [1, 2] }, [StageKind.EditForeground] },
        { "keyframe count", Settings with { KeyframeCount = 4 }, [StageKind.EditForeground] },
        { "seed", Settings with { Seed = 7 }, [StageKind.EditBackground, StageKind.EditForeground] },
        { "steps", Settings with { Steps = 7 }, [StageKind.EditBackground, StageKind.EditForeground] },
        { "the recommended steps, said aloud", Settings with { Steps = 6, Strength = 0.85f }, [] },
        { "the recommended guidance of objects, said aloud", Settings with { GuidanceScale = 2 }, [StageKind.EditBackground] },
        { "the recommended guidance of scenes, said aloud", Settings with { GuidanceScale = 1.5f }, [StageKind.EditForeground] },
        { "guidance", Settings with { GuidanceScale = 3 }, [StageKind.EditBackground, StageKind.EditForeground] },
        { "strength", Settings with { Strength = 0.5f }, [StageKind.EditForeground] },
        { "control scale", Settings with { ControlScale = 0.5f }, [StageKind.EditBackground, StageKind.EditForeground] },
        { "frame limit", Settings with { MaxFrames = 50 }, [StageKind.Probe] },
        { "aggregation steps", Settings with { AggregationSteps = 5 }, [StageKind.Aggregate] },
        { "detail carry", Settings with { DetailCarry = 0.5f }, [StageKind.Compose] },
    };

    [Theory]
    [MemberData(nameof(Changes))]
    public void A_setting_changes_the_keys_of_its_stages_only(string what, EditSettings changed, StageKind[] expected)
    {
        var before = Keys(Settings, Model, "video");
        var after = Keys(changed, Model, "video");
        Assert.True(expected.SequenceEqual(StageGraph.All.Where(s => before[s] != after[s])), $"{what} changed {string.Join(", ", StageGraph.All.Where(s => before[s] != after[s]))}");
    }

    [Fact]
    public void Another_model_changes_both_edits()
    {
        var (before, after) = (Keys(Settings, Model, "video"), Keys(Settings, Model with { Digest = "other" }, "video"));
        Assert.Equal([StageKind.EditBackground, StageKind.EditForeground], StageGraph.All.Where(s => before[s] != after[s]));
    }

    [Fact]
    public void Marks_change_the_layers_and_a_mark_of_frame_0_alone_is_a_mask_of_the_first_frame()
    {
        string Key(JobInputs inputs) => StageKeys.Compute(StageKind.Decompose, inputs, Upstream(), null);
        var none = Inputs(Settings, "video") with { Mask = null, MaskKind = MaskKind.None };
        var first = none with { Mask = Id("outline"), MaskKind = MaskKind.FirstFrame };
        var mark = none with { Marks = [new ObjectMark(0, Id("outline"))] };
        Assert.Equal(Key(first), Key(mark));
        JobInputs[] others = [none, none with { Marks = [new ObjectMark(3, Id("outline"))] }, none with { Marks = [new ObjectMark(0, Id("outline")), new ObjectMark(3, Id("other"))] }];
        Assert.Equal(4, others.Append(mark).Select(Key).Distinct().Count());
        Assert.Equal(Key(others[1]), Key(others[1] with { Until = StageKind.Decompose }));
    }

    [Fact]
    public void Another_clip_changes_every_stage_that_reads_it()
    {
        var (before, after) = (Keys(Settings, Model, "video"), Keys(Settings, Model, "other"));
        Assert.Equal([StageKind.Probe, StageKind.Decompose, StageKind.EditForeground, StageKind.Compose], StageGraph.All.Where(s => before[s] != after[s]));
    }

    [Fact]
    public void Every_upstream_artifact_that_is_read_changes_the_key()
    {
        foreach (var stage in StageGraph.All)
        {
            var key = StageKeys.Compute(stage, Inputs(Settings, "video"), Upstream(), Model);
            foreach (var dependency in StageGraph.DependenciesOf(stage).Where(d => d != StageKind.Probe))
            {
                var upstream = Upstream();
                upstream[dependency] = upstream[dependency] with { Artifacts = upstream[dependency].Artifacts.ToDictionary(a => a.Key, _ => Id("changed")) };
                Assert.NotEqual(key, StageKeys.Compute(stage, Inputs(Settings, "video"), upstream, Model));
            }
        }
    }

    [Fact]
    public void A_prompt_can_not_pose_as_another_fact()
    {
        var a = Settings with { BackgroundPrompt = "x\nnegative 1 y", NegativePrompt = "" };
        var b = Settings with { BackgroundPrompt = "x", NegativePrompt = "y" };
        Assert.NotEqual(Keys(a, Model, "video")[StageKind.EditBackground], Keys(b, Model, "video")[StageKind.EditBackground]);
    }

    [Fact]
    public void A_keyframe_depends_on_the_keyframes_before_it()
    {
        var inputs = Inputs(Settings, "video");
        var first = new KeyframeEdit(20, default, Id("b"), Id("a"));
        var keys = new[]
        {
            StageKeys.Keyframe(inputs, Upstream(), Model, 40, []),
            StageKeys.Keyframe(inputs, Upstream(), Model, 40, [first]),
            StageKeys.Keyframe(inputs, Upstream(), Model, 40, [first with { After = Id("other") }]),
            StageKeys.Keyframe(inputs, Upstream(), Model, 41, [first]),
        };
        Assert.Equal(keys.Length, keys.Distinct().Count());
        // Which keyframes follow does not matter, so a longer list resumes behind a shorter one.
        var longer = Inputs(Settings with { Keyframes = [20, 40, 60], KeyframeCount = 9 }, "video");
        Assert.Equal(keys[1], StageKeys.Keyframe(longer, Upstream(), Model, 40, [first]));
    }

    [Fact]
    public void Keyframes_that_are_listed_as_they_would_be_chosen_are_the_same_edit()
    {
        string Key(EditSettings settings)
        {
            var upstream = Upstream();
            upstream[StageKind.Decompose] = upstream[StageKind.Decompose] with { Facts = new Dictionary<string, string> { [KeyframeProposals.Order] = "40 7 71 3" } };
            return StageKeys.Compute(StageKind.EditForeground, Inputs(settings, "video"), upstream, Model);
        }

        var chosen = Key(Settings);
        Assert.Equal(chosen, Key(Settings with { Keyframes = [40, 7, 71] }));
        Assert.NotEqual(chosen, Key(Settings with { Keyframes = [7, 40, 71] }));
        Assert.NotEqual(chosen, Key(Settings with { KeyframeCount = 2 }));
        Assert.Equal(Key(Settings with { KeyframeCount = 4 }), Key(Settings with { KeyframeCount = 16 }));
    }

    [Fact]
    public void A_mask_that_protects_changes_only_the_composition_and_only_of_a_layer_that_is_edited()
    {
        Dictionary<StageKind, string> Protected(Dictionary<StageKind, StageResult> upstream, string? background, string? foreground)
        {
            var inputs = Inputs(Settings, "video") with { ProtectBackground = background is null ? null : Id(background), ProtectForeground = foreground is null ? null : Id(foreground) };
            return StageGraph.All.ToDictionary(s => s, s => StageKeys.Compute(s, inputs, upstream, Model));
        }

        var plain = Protected(Upstream(), null, null);
        var kept = Upstream();
        kept[StageKind.EditBackground] = Result();
        kept[StageKind.Aggregate] = Result();
        foreach (var (background, foreground) in new[] { ("a", null), ("b", null), (null, "a"), (null, "b"), ("a", "b") })
        {
            var changed = Protected(Upstream(), background, foreground);
            Assert.Equal([StageKind.Compose], StageGraph.All.Where(s => plain[s] != changed[s]));
            Assert.Equal(Protected(kept, null, null), Protected(kept, background, foreground));
        }

        var keys = new[] { Protected(Upstream(), "a", null), Protected(Upstream(), "b", null), Protected(Upstream(), null, "a"), Protected(Upstream(), "a", "a") };
        Assert.Equal(keys.Length, keys.Select(k => k[StageKind.Compose]).Distinct().Count());
    }

    [Fact]
    public void Missing_results_are_named()
    {
        var error = Assert.Throws<EditException>(() => StageKeys.Compute(StageKind.Compose, Inputs(Settings, "video"), new Dictionary<StageKind, StageResult>(), null));
        Assert.Equal("Decompose has to run first.", error.Message);
    }

    private static Dictionary<StageKind, string> Keys(EditSettings settings, StageKeys.ModelFacts model, string video) =>
        StageGraph.All.ToDictionary(s => s, s => StageKeys.Compute(s, Inputs(settings, video), Upstream(), model));

    private static JobInputs Inputs(EditSettings settings, string video) => new(Id(video), Id("mask"), MaskKind.EveryFrame, settings);

    private static Dictionary<StageKind, StageResult> Upstream() => new()
    {
        [StageKind.Probe] = Result(),
        [StageKind.Decompose] = Result(ArtifactNames.Decomposition),
        [StageKind.EditBackground] = Result(ArtifactNames.EditedBackgroundAtlas),
        [StageKind.EditForeground] = Result(ArtifactNames.Keyframes),
        [StageKind.Aggregate] = Result(ArtifactNames.EditedForegroundAtlas),
    };

    private static StageResult Result(params string[] artifacts) => new("key", artifacts.ToDictionary(a => a, Id), new Dictionary<string, double>(), 1);

    private static ArtifactId Id(string text) => ArtifactId.Of(System.Text.Encoding.UTF8.GetBytes(text));
}
