using StableVideo.Editing;

namespace StableVideo.Cluster;

/// <summary>What the stages of a job need of a silo, and how much work they are.</summary>
internal static class StageNeeds
{
    /// <summary>Which silos can compute a stage that needs a slot.</summary>
    public static SlotNeed NeedOf(JobStage stage) => stage switch
    {
        JobStage.EditBackground or JobStage.EditForeground => SlotNeed.Gpu,
        JobStage.Decompose or JobStage.Aggregate => SlotNeed.PreferGpu,
        JobStage.Compose => SlotNeed.Cpu,
        _ => throw new ArgumentOutOfRangeException(nameof(stage), stage, "This stage needs no slot."),
    };

    /// <summary>The image model a stage loads, if any.</summary>
    public static string? ModelOf(JobStage stage, EditSettings settings) =>
        stage is JobStage.EditBackground or JobStage.EditForeground ? settings.Model : null;

    /// <summary>Megapixels of all frames for stages that go through the clip, denoising steps for those that paint; at least a little.</summary>
    public static double WorkOf(JobStage stage, EditSettings settings, StageOutcome? probe)
    {
        var megapixels = probe is null ? 1 : Metric(probe, "frames") * Metric(probe, "width") * Metric(probe, "height") / 1e6;
        var work = stage switch
        {
            JobStage.EditBackground => settings.BackgroundPrompt is null ? 0 : settings.Steps ?? 1,
            JobStage.EditForeground => settings.ForegroundPrompt is null ? 0 : (settings.Steps ?? 1) * (settings.Keyframes?.Count ?? settings.KeyframeCount),
            _ => megapixels,
        };
        return Math.Max(work, 0.01);
    }

    private static double Metric(StageOutcome outcome, string name) => outcome.Metrics.TryGetValue(name, out var value) ? value : 0;
}
