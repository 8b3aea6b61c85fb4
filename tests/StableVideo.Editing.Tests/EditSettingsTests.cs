using System.Text.Json;

namespace StableVideo.Editing.Tests;

public class EditSettingsTests
{
    [Fact]
    public void A_prompt_alone_is_valid()
    {
        Assert.Empty(new EditSettings { ForegroundPrompt = "a red car" }.Validate());
        Assert.Empty(new EditSettings { BackgroundPrompt = "snowy winter" }.Validate());
    }

    [Fact]
    public void All_broken_rules_are_told_at_once()
    {
        var errors = new EditSettings { ForegroundPrompt = " ", Steps = 0, Strength = 0, GuidanceScale = float.NaN, Keyframes = [3, 3, -1], Model = "" }.Validate();
        Assert.Equal(
            [
                "The foreground prompt is empty. Leave it out to keep the object as it is.",
                "Keyframe -1 is negative; frames are numbered from 0.",
                "Keyframe 3 is listed 2 times; list each frame once.",
                "Steps is 0 but must be between 1 and 200.",
                "Guidance scale is NaN but must be between 0 and 50.",
                "Strength is 0 but must be above 0 and at most 1.",
                "Model is empty. Name a model folder, or \"embedded\".",
            ],
            errors);
    }

    [Fact]
    public void Nothing_to_edit_is_an_error_unless_a_reconstruction_is_wanted()
    {
        Assert.Equal(["Nothing to edit. Give a foreground prompt, a background prompt, or both."], new EditSettings().Validate());
        Assert.Empty(new EditSettings { ReconstructionOnly = true }.Validate());
    }

    [Fact]
    public void Settings_survive_json()
    {
        var settings = new EditSettings { ForegroundPrompt = "a car \"x\"\n", Keyframes = [4, 2], Seed = ulong.MaxValue, Strength = 0.85f, Steps = 6 };
        var json = JsonSerializer.Serialize(settings, EditJson.Options);
        var back = JsonSerializer.Deserialize<EditSettings>(json, EditJson.Options)!;
        Assert.Equal(json, JsonSerializer.Serialize(back, EditJson.Options));
        Assert.Equal(settings.Keyframes, back.Keyframes);
        Assert.Equal(settings with { Keyframes = null }, back with { Keyframes = null });
    }
}
