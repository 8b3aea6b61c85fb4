using StableVideo.Cluster;
using StableVideo.Editing;
using StableVideo.Imaging;
using StableVideo.Storage;

namespace StableVideo.Tests.Silo;

/// <summary>Real edits of a clip so small that each takes seconds.</summary>
internal static class SmallJob
{
    private static readonly string[] Colours = ["red", "blue", "golden", "green", "pink", "white", "black", "yellow"];
    private static readonly string[] Settings = ["snowy winter", "autumn", "a desert", "at night"];

    /// <summary>Renders the clip with its masks and imports both.</summary>
    public static async Task<JobRequest> ImportAsync(IArtifactStore store, int frames = 8)
    {
        var folder = Directory.CreateTempSubdirectory("stablevideo-clip-").FullName;
        try
        {
            var (clip, mask) = (Path.Combine(folder, "clip.mp4"), Path.Combine(folder, "mask.mp4"));
            await SampleClip.WriteAsync(clip, mask, new SampleClipOptions { Width = 96, Height = 64, FrameCount = frames });
            return JobMessages.ToRequest(await VideoImport.ImportAsync(clip, mask, SettingsOf(0), store, CancellationToken.None));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    /// <summary>The same clip with another edit for each <paramref name="number"/>, and about <paramref name="effort"/> times the work of the smallest.</summary>
    public static JobRequest With(this JobRequest request, int number, int effort = 1) =>
        request with { Settings = JobMessages.ToRequest(JobMessages.ToInputs(request) with { Settings = SettingsOf(number, effort) }).Settings };

    private static EditSettings SettingsOf(int number, int effort = 1) => new()
    {
        ForegroundPrompt = $"a {Colours[number % Colours.Length]} car",
        BackgroundPrompt = Settings[number / Colours.Length % Settings.Length],
        Seed = (ulong)number + 1,
        Steps = 2 * effort,
        KeyframeCount = 2,
        AggregationSteps = 4 * effort,
    };
}
