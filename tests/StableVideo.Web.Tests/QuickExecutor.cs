using System.Text;
using StableVideo.Cluster;
using StableVideo.Editing;
using StableVideo.Imaging;
using StableVideo.Storage;

namespace StableVideo.Tests.Web;

/// <summary>Stages that take as long as a test says, and leave behind artifacts of the names that the real ones have.</summary>
internal sealed class QuickExecutor(ITenantStores stores) : IStageExecutor
{
    private static readonly byte[] Picture = ImageFile.EncodePng(new Raster<byte>(16, 16, 3));

    /// <summary>What a test wants to happen while a stage is computed. The prompt of the foreground tells jobs apart.</summary>
    public Func<StageKind, JobInputs, IProgress<StageProgress>, CancellationToken, Task> Behaviour { get; set; } = (_, _, _, _) => Task.CompletedTask;

    public IReadOnlyList<string> WarmModels => ["embedded"];

    public IReadOnlyList<string> Models => ["embedded", "other"];

    /// <summary>The bytes of every finished video.</summary>
    public static byte[] Result { get; } = [.. Enumerable.Range(0, 300_000).Select(i => (byte)(i * 31 / 7))];

    public Task<StageResult?> FindAsync(
        string tenant, StageKind stage, JobInputs inputs, IReadOnlyDictionary<StageKind, StageResult> upstream, CancellationToken cancellationToken) =>
        Task.FromResult<StageResult?>(null);

    public async Task<StageResult> RunAsync(
        string tenant,
        StageKind stage,
        JobInputs inputs,
        IReadOnlyDictionary<StageKind, StageResult> upstream,
        IProgress<StageProgress> progress,
        CancellationToken cancellationToken)
    {
        await Behaviour(stage, inputs, progress, cancellationToken);
        var artifacts = new Dictionary<string, ArtifactId>();
        foreach (var (name, content) in OutputsOf(stage))
            artifacts[name] = await stores.For(tenant).PutBytesAsync(content, cancellationToken);
        return new StageResult($"{stage}-{Guid.NewGuid():n}", artifacts, new Dictionary<string, double> { ["psnr"] = 30.5 }, 0.25)
        {
            Facts = new Dictionary<string, string> { ["model"] = "fake" },
            Notes = [$"{stage} was faked"],
        };
    }

    private static IEnumerable<(string Name, byte[] Content)> OutputsOf(StageKind stage) => stage switch
    {
        StageKind.Decompose => [(ArtifactNames.Decomposition, "layers"u8.ToArray()), (ArtifactNames.ForegroundAtlas, Picture), (ArtifactNames.BackgroundAtlas, Picture)],
        StageKind.EditForeground => [(ArtifactNames.Keyframes, Encoding.UTF8.GetBytes("[]")), (ArtifactNames.KeyframeAfter(0), Picture)],
        StageKind.Compose => [(ArtifactNames.Video, Result)],
        _ => [],
    };
}
