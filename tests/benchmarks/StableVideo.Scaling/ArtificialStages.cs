using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using StableVideo.Cluster;
using StableVideo.Editing;
using StableVideo.Storage;

namespace StableVideo.Scaling;

/// <summary>
/// Artificial stages: a fixed wait in place of every computation. What surrounds the computation is real: a result is looked for under a key
/// that follows from the inputs, and is stored under it. Each wait is written to a log as <c>begin end</c> in milliseconds since 1970.
/// The first <see cref="ShortStages"/> of a process wait a twentieth: code is compiled sooner.
/// </summary>
internal sealed class ArtificialStages(ITenantStores stores, TimeSpan wait, string log) : IStageExecutor, IDisposable
{
    public const int ShortStages = 150;

    private readonly StreamWriter _log = new(log) { AutoFlush = true };
    private int _begun;

    public IReadOnlyList<string> WarmModels => [];

    public IReadOnlyList<string> Models => [];

    public async Task<StageResult?> FindAsync(
        string tenant, StageKind stage, JobInputs inputs, IReadOnlyDictionary<StageKind, StageResult> upstream, CancellationToken cancellationToken) =>
        await stores.For(tenant).ReadDocumentAsync(DocumentOf(stage, inputs), cancellationToken) is { } document
            ? JsonSerializer.Deserialize<StageResult>(document.Content.Span, EditJson.Options)
            : null;

    public async Task<StageResult> RunAsync(
        string tenant,
        StageKind stage,
        JobInputs inputs,
        IReadOnlyDictionary<StageKind, StageResult> upstream,
        IProgress<StageProgress> progress,
        CancellationToken cancellationToken)
    {
        var begin = DateTimeOffset.UtcNow;
        if (stage != StageKind.Probe)
            await Task.Delay(Interlocked.Increment(ref _begun) <= ShortStages ? wait / 20 : wait, cancellationToken);
        var end = DateTimeOffset.UtcNow;
        var store = stores.For(tenant);
        var key = KeyOf(stage, inputs);
        var output = await store.PutBytesAsync(Encoding.UTF8.GetBytes(key), cancellationToken);
        var result = new StageResult(key, new Dictionary<string, ArtifactId> { ["output"] = output }, new Dictionary<string, double>(), (end - begin).TotalSeconds);
        await store.WriteDocumentAsync(DocumentOf(stage, inputs), JsonSerializer.SerializeToUtf8Bytes(result, EditJson.Options), WriteCondition.Any, cancellationToken);
        if (stage != StageKind.Probe)
            Log(begin, DateTimeOffset.UtcNow);
        return result;
    }

    public void Dispose() => _log.Dispose();

    private void Log(DateTimeOffset begin, DateTimeOffset end)
    {
        lock (_log)
            _log.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{begin.ToUnixTimeMilliseconds()} {end.ToUnixTimeMilliseconds()}"));
    }

    private static string DocumentOf(StageKind stage, JobInputs inputs) => $"stages/{KeyOf(stage, inputs)}";

    private static string KeyOf(StageKind stage, JobInputs inputs) =>
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"{stage}|{inputs.Video}|{JsonSerializer.Serialize(inputs.Settings, EditJson.Options)}")));
}
