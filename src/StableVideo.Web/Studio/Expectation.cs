using StableVideo.Client;

namespace StableVideo.Web.Studio;

/// <summary>What an edit will compute, and how long that takes, told from an earlier edit of the same clip.</summary>
internal static class Expectation
{
    /// <summary>In words.</summary>
    /// <param name="earlier">A completed job of the clip.</param>
    /// <param name="wanted">What is wanted now.</param>
    /// <param name="isSameObject">Whether the object is found as it was then, so that the layers are there.</param>
    public static string Of(Job earlier, EditSettings wanted, bool isSameObject)
    {
        var stages = Anew(earlier.Request.Settings, wanted, isSameObject).ToList();
        if (stages.Count == 0)
            return "Nothing has changed: all of it is there already and will be reused.";
        var seconds = stages.Sum(stage => SecondsOf(earlier, stage, wanted));
        return $"About {Words.Duration(seconds)} of computing: {string.Join(", ", stages.Select(stage => Words.Stage(stage).ToLowerInvariant()))}."
            + (isSameObject ? " All else is reused." : "");
    }

    /// <summary>Stages whose results an earlier edit did not leave behind.</summary>
    public static IEnumerable<string> Anew(EditSettings earlier, EditSettings wanted, bool isSameObject)
    {
        var painting = !isSameObject || Painting(earlier) != Painting(wanted);
        var background = wanted.BackgroundPrompt is not null && (painting || wanted.BackgroundPrompt != earlier.BackgroundPrompt);
        var foreground = wanted.ForegroundPrompt is not null && (painting || Keyframes(earlier) != Keyframes(wanted));
        var isAnotherVideo = background || foreground || !isSameObject
            || (wanted.ForegroundPrompt, wanted.BackgroundPrompt) != (earlier.ForegroundPrompt, earlier.BackgroundPrompt);
        (string Stage, bool IsAnew)[] all =
            [("Decompose", !isSameObject), ("EditBackground", background), ("EditForeground", foreground), ("Aggregate", foreground), ("Compose", isAnotherVideo)];
        return all.Where(stage => stage.IsAnew).Select(stage => stage.Stage);
    }

    /// <summary>What is not given is what a server takes for it.</summary>
    private static (string, ulong, int?, float?, float, string) Painting(EditSettings s) =>
        (s.NegativePrompt ?? "", s.Seed ?? 1, s.Steps, s.GuidanceScale, s.ControlScale ?? 1, s.Model ?? "embedded");

    private static (string?, string, int, float?) Keyframes(EditSettings s) =>
        (s.ForegroundPrompt, string.Join(',', s.Keyframes ?? []), s.KeyframeCount ?? 3, s.Strength);

    private static double SecondsOf(Job earlier, string stage, EditSettings wanted)
    {
        var seconds = earlier.Stages.FirstOrDefault(found => found.Stage == stage)?.Seconds ?? 0;
        if (stage is not ("EditBackground" or "EditForeground"))
            return seconds;
        // A layer that was kept then took no time; the other one was painted by the same model.
        var wasKept = stage == "EditBackground" ? earlier.Request.Settings.BackgroundPrompt is null : earlier.Request.Settings.ForegroundPrompt is null;
        if (wasKept)
            seconds = earlier.Stages.FirstOrDefault(found => found.Stage == (stage == "EditBackground" ? "EditForeground" : "EditBackground"))?.Seconds ?? 0;
        return earlier.Request.Settings.Steps is { } before && wanted.Steps is { } now ? seconds * now / before : seconds;
    }
}
