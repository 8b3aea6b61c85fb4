using System.Globalization;
using StableVideo.Client;

namespace StableVideo.Web.Studio;

/// <summary>How the studio says things.</summary>
internal static class Words
{
    public static string Stage(string stage) => stage switch
    {
        "Probe" => "Look at the clip",
        "Decompose" => "Split into layers",
        "EditBackground" => "Edit the surroundings",
        "EditForeground" => "Edit the object",
        "Aggregate" => "Merge keyframes",
        "Compose" => "Render the video",
        _ => stage,
    };

    public static string State(JobState state) => state switch
    {
        JobState.Submitted => "submitted",
        JobState.Running => "running",
        JobState.Waiting => "waiting",
        JobState.Completed => "done",
        JobState.Failed => "failed",
        _ => "cancelled",
    };

    public static string Duration(double seconds) => seconds switch
    {
        < 1 => "under 1 s",
        < 90 => $"{seconds:0} s",
        < 5400 => $"{seconds / 60:0} min",
        _ => $"{seconds / 3600:0.#} h",
    };

    public static string Ago(DateTimeOffset at, DateTimeOffset now) => (now - at).TotalSeconds switch
    {
        < 60 => "just now",
        < 3600 => $"{(now - at).TotalMinutes:0} min ago",
        < 86_400 => $"{(now - at).TotalHours:0} h ago",
        _ => at.ToString("d MMM yyyy", CultureInfo.InvariantCulture),
    };

    /// <summary>A picture of what is done so far.</summary>
    public static string Preview(string name) => name switch
    {
        "preview-background" => "The surroundings, as they are painted",
        "preview-foreground" => "The object, as it is painted",
        _ when name.StartsWith("preview-keyframe-", StringComparison.Ordinal) => $"Keyframe {name["preview-keyframe-".Length..].TrimStart('0').PadLeft(1, '0')}, done",
        _ => name.Replace('-', ' '),
    };

    /// <summary>What distinguishes one edit of a clip from another.</summary>
    public static string Variant(JobSubmission request)
    {
        var settings = request.Settings;
        string?[] parts =
        [
            $"{Prompt(settings.ForegroundPrompt)} / {Prompt(settings.BackgroundPrompt)}",
            settings.Seed is { } seed ? $"seed {seed}" : null,
            settings.Steps is { } steps ? $"{steps} steps" : null,
            settings.Keyframes is { Count: > 0 } keyframes ? $"keyframes {string.Join(", ", keyframes)}" : null,
            (request.ProtectBackground ?? request.ProtectForeground) is not null ? "parts protected" : null,
        ];
        return string.Join(", ", parts.OfType<string>());
    }

    public static string Percent(double fraction) => fraction.ToString("0 %", CultureInfo.InvariantCulture);

    public static string Prompt(string? prompt) => string.IsNullOrWhiteSpace(prompt) ? "as filmed" : prompt;

    public static string Figure(string name, double value) => name switch
    {
        _ when name.Contains("psnr", StringComparison.OrdinalIgnoreCase) => $"{value:0.0} dB",
        _ => value.ToString("0.###", CultureInfo.InvariantCulture),
    };
}
