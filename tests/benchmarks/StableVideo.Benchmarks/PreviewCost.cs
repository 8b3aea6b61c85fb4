using System.Diagnostics;
using StableVideo.Diffusion;
using StableVideo.Editing;
using StableVideo.Imaging;
using StableVideo.Storage;

namespace StableVideo.Benchmarks;

/// <summary>What it costs to show a decomposition and what is being painted: the demo clip, the embedded model, edits with and without previews by turns.</summary>
internal static class PreviewCost
{
    private const int Rounds = 8;

    private static readonly EditSettings Settings = new()
    {
        ForegroundPrompt = "a red car",
        BackgroundPrompt = "snowy winter",
        Keyframes = [30, 10, 50],
        Steps = 12,
    };

    public static async Task PrintAsync()
    {
        var folder = Directory.CreateTempSubdirectory("stablevideo-previews-").FullName;
        try
        {
            var (clip, mask) = (Path.Combine(folder, "clip.mp4"), Path.Combine(folder, "mask.mp4"));
            await SampleClip.WriteAsync(clip, mask, new SampleClipOptions());
            var store = new FolderArtifactStore(Path.Combine(folder, "with"));
            var inputs = await VideoImport.ImportAsync(clip, mask, Settings, store);
            var results = await DecomposeAsync(store, inputs);
            Copy(Path.Combine(folder, "with"), Path.Combine(folder, "without"));
            await CompareAsync(store, new FolderArtifactStore(Path.Combine(folder, "without")), inputs, results);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static async Task<Dictionary<StageKind, StageResult>> DecomposeAsync(FolderArtifactStore store, JobInputs inputs)
    {
        var watch = new Watch();
        using var runner = new StageRunner(store, new ModelCatalogue());
        var results = new Dictionary<StageKind, StageResult>();
        results[StageKind.Probe] = await runner.RunAsync(StageKind.Probe, inputs, results);
        results[StageKind.Decompose] = await runner.RunAsync(StageKind.Decompose, inputs, results, watch);
        var (seconds, showing) = (results[StageKind.Decompose].Seconds, watch.Between("showing what was tracked", "done"));
        Console.WriteLine($"decompose {seconds:0.0} s, of it the tracked mask as a video and the choice of keyframes {showing:0.00} s = {showing / seconds:0.0 %}");
        return results;
    }

    private static async Task CompareAsync(FolderArtifactStore with, FolderArtifactStore without, JobInputs inputs, Dictionary<StageKind, StageResult> results)
    {
        Console.WriteLine("stage, round: seconds of processor time (of the clock) with / without previews, pictures, bytes of them");
        using var shown = new StageRunner(with, new ModelCatalogue());
        using var plain = new StageRunner(without, new ModelCatalogue(), new StageRunnerOptions { Previews = false });
        foreach (var stage in new[] { StageKind.EditBackground, StageKind.EditForeground })
        {
            var (processor, clock) = (new List<double>(), new List<double>());
            for (var round = 0; round <= Rounds; round++)
            {
                var job = inputs with { Settings = Settings with { Seed = (ulong)round } };
                var watch = new Watch();
                Cost one, other;
                if (round % 2 == 0)
                    (one, other) = (await RunAsync(shown, stage, job, results, watch), await RunAsync(plain, stage, job, results, new Watch()));
                else
                    (other, one) = (await RunAsync(plain, stage, job, results, new Watch()), await RunAsync(shown, stage, job, results, watch));
                Console.WriteLine(
                    $"{stage} {round}: {one.Processor:0.00} ({one.Clock:0.00}) / {other.Processor:0.00} ({other.Clock:0.00}) s, {watch.Previews} pictures, {watch.PreviewBytes} bytes");
                // The first round opens the model and compiles.
                if (round == 0)
                    continue;
                processor.Add(one.Processor / other.Processor);
                clock.Add(one.Clock / other.Clock);
            }

            Console.WriteLine($"{stage}: median ratio {Median(processor):0.000} of processor time, {Median(clock):0.000} of the clock");
        }
    }

    private static async Task<Cost> RunAsync(StageRunner runner, StageKind stage, JobInputs job, Dictionary<StageKind, StageResult> results, Watch watch)
    {
        using var process = Process.GetCurrentProcess();
        var before = process.TotalProcessorTime;
        var result = await runner.RunAsync(stage, job, results, watch);
        process.Refresh();
        return new Cost((process.TotalProcessorTime - before).TotalSeconds, result.Seconds);
    }

    private static double Median(IEnumerable<double> values)
    {
        var sorted = values.Order().ToList();
        return (sorted[(sorted.Count - 1) / 2] + sorted[sorted.Count / 2]) / 2;
    }

    private static void Copy(string from, string to)
    {
        foreach (var file in Directory.EnumerateFiles(from, "*", SearchOption.AllDirectories))
        {
            var copy = Path.Combine(to, Path.GetRelativePath(from, file));
            Directory.CreateDirectory(Path.GetDirectoryName(copy)!);
            File.Copy(file, copy);
        }
    }

    private sealed record Cost(double Processor, double Clock);

    private sealed class Watch : IProgress<StageProgress>
    {
        private readonly Dictionary<string, long> _first = [];

        public int Previews { get; private set; }

        public int PreviewBytes { get; private set; }

        public double Between(string message, string later) => TimeProvider.System.GetElapsedTime(_first[message], _first[later]).TotalSeconds;

        public void Report(StageProgress value)
        {
            _first.TryAdd(value.Message, TimeProvider.System.GetTimestamp());
            Previews += value.Preview is null ? 0 : 1;
            PreviewBytes += value.Preview?.Jpeg.Length ?? 0;
        }
    }
}
