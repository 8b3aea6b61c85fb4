using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using StableVideo.Editing;
using StableVideo.Storage;

namespace StableVideo.Tests.Cluster;

/// <summary>Stages that take as long as a test says. Keys follow the inputs and results are stored, as the real ones do.</summary>
internal sealed class FakeExecutor(IArtifactStore store) : IStageExecutor
{
    private readonly ConcurrentDictionary<StageKind, Func<StageRun, Task>> _behaviours = new();

    /// <summary>Every computation that was started, in order.</summary>
    public ConcurrentQueue<StageRun> Runs { get; } = new();

    public IEnumerable<StageKind> Stages => Runs.Select(run => run.Stage);

    public FakeExecutor On(StageKind stage, Func<StageRun, Task> behaviour)
    {
        _behaviours[stage] = behaviour;
        return this;
    }

    public IReadOnlyList<string> WarmModels => [];

    public IReadOnlyList<string> Models => [];

    public async Task<StageResult?> FindAsync(
        string tenant, StageKind stage, JobInputs inputs, IReadOnlyDictionary<StageKind, StageResult> upstream, CancellationToken cancellationToken) =>
        await store.ReadDocumentAsync($"stages/{KeyOf(stage, inputs, upstream)}", cancellationToken) is { } document
            ? JsonSerializer.Deserialize<StageResult>(document.Content.Span, EditJson.Options)
            : null;

    public Task<string?> KeyAsync(StageKind stage, JobInputs inputs, IReadOnlyDictionary<StageKind, StageResult> upstream, CancellationToken cancellationToken) =>
        Task.FromResult<string?>(KeyOf(stage, inputs, upstream));

    public async Task<StageResult> RunAsync(
        string tenant,
        StageKind stage,
        JobInputs inputs,
        IReadOnlyDictionary<StageKind, StageResult> upstream,
        IProgress<StageProgress> progress,
        CancellationToken cancellationToken)
    {
        var run = new StageRun(stage, upstream, progress, cancellationToken);
        Runs.Enqueue(run);
        if (_behaviours.TryGetValue(stage, out var behaviour))
            await behaviour(run);
        var output = await store.PutBytesAsync(Encoding.UTF8.GetBytes($"{stage}"), cancellationToken);
        var key = KeyOf(stage, inputs, upstream);
        var result = new StageResult(key, new Dictionary<string, ArtifactId> { ["output"] = output }, new Dictionary<string, double> { ["psnr"] = 30.5 }, 0.25)
        {
            Facts = new Dictionary<string, string> { ["model"] = "fake" },
            Notes = [$"{stage} was faked"],
        };
        await store.WriteDocumentAsync($"stages/{key}", JsonSerializer.SerializeToUtf8Bytes(result, EditJson.Options), WriteCondition.Any, cancellationToken);
        run.Finished = true;
        return result;
    }

    private static string KeyOf(StageKind stage, JobInputs inputs, IReadOnlyDictionary<StageKind, StageResult> upstream)
    {
        var prompt = stage switch
        {
            StageKind.EditForeground => inputs.Settings.ForegroundPrompt,
            StageKind.EditBackground => inputs.Settings.BackgroundPrompt,
            _ => "",
        };
        var text = string.Join('|', [$"{stage}", inputs.Video.Value, prompt ?? "", .. upstream.OrderBy(pair => pair.Key).Select(pair => pair.Value.Key)]);
        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)));
    }
}

internal sealed record StageRun(
    StageKind Stage,
    IReadOnlyDictionary<StageKind, StageResult> Upstream,
    IProgress<StageProgress> Progress,
    CancellationToken Cancellation)
{
    public bool Finished { get; set; }
}
