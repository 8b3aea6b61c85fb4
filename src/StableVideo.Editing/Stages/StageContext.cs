using System.Text.Json;
using StableVideo.Atlas;
using StableVideo.Imaging;
using StableVideo.Storage;

namespace StableVideo.Editing;

/// <summary>What a stage works with: the job, the results before it, and where to read and leave artifacts.</summary>
internal sealed class StageContext(
    IArtifactStore store,
    ResultDocuments results,
    OpenModels models,
    StageRunnerOptions options,
    string key,
    Func<CancellationToken, Task<long?>>? room,
    JobInputs inputs,
    IReadOnlyDictionary<StageKind, StageResult> upstream,
    IProgress<StageProgress>? progress,
    TimeProvider clock,
    CancellationToken cancellationToken)
{
    private readonly List<(string Path, string Name)> _files = [];
    private double _furthest;
    private string _doing = "";
    private StagePreviews? _previews;

    public IArtifactStore Store => store;

    public ResultDocuments Results => results;

    public StageRunnerOptions Options => options;

    /// <summary>Key of the stage's result.</summary>
    public string Key => key;

    public JobInputs Inputs => inputs;

    public EditSettings Settings => inputs.Settings;

    public IReadOnlyDictionary<StageKind, StageResult> Upstream => upstream;

    public CancellationToken Cancellation => cancellationToken;

    /// <summary>How many more bytes may be stored; <see langword="null"/>: no limit is known.</summary>
    public async Task<long?> RoomAsync() => room is null ? null : await room(cancellationToken);

    /// <summary>Pictures of what is done so far.</summary>
    public StagePreviews Previews =>
        _previews ??= new StagePreviews(options.Previews && progress is not null, clock, picture => progress?.Report(new StageProgress(_furthest, _doing) { Preview = picture }));

    /// <summary>Tells how far the stage is; a fraction that falls back is reported as the furthest so far.</summary>
    public void Report(double fraction, string message)
    {
        (_furthest, _doing) = (Math.Clamp(fraction, _furthest, 1), message);
        progress?.Report(new StageProgress(_furthest, message));
    }

    public OpenModel Model() => models.Open(Settings.Model);

    public double Metric(StageKind stage, string name) =>
        StageKeys.Result(upstream, stage).Metrics.TryGetValue(name, out var value)
            ? value
            : throw new EditException($"The result of {stage} lacks the figure '{name}'. Run {stage} again.");

    public async Task<Decomposition> LoadDecompositionAsync()
    {
        var id = StageKeys.Artifact(upstream, StageKind.Decompose, ArtifactNames.Decomposition);
        await using var stream = await store.OpenReadAsync(id, cancellationToken);
        return Decomposition.Load(stream);
    }

    public Task<LocalFile> VideoFileAsync() => FileAsync(inputs.Video, "mp4", "the clip");

    public Task<LocalFile> MaskFileAsync() => FileAsync(inputs.Mask!.Value, inputs.MaskKind == MaskKind.FirstFrame ? "png" : "mp4", "the mask");

    public Task<LocalFile> MarkFileAsync(ObjectMark mark) => FileAsync(mark.Mask, "png", $"the mark of frame {mark.Frame}");

    /// <summary>Names inputs as a person knows them, in place of the paths they have here.</summary>
    public string InWords(string message)
    {
        foreach (var (path, name) in _files)
        {
            if (message.StartsWith(path, StringComparison.Ordinal))
                message = char.ToUpperInvariant(name[0]) + name[1..] + message[path.Length..];
            message = message.Replace(path, name, StringComparison.Ordinal);
        }

        return message;
    }

    public Task<ArtifactId> PutPngAsync(Raster<byte> image) => store.PutBytesAsync(ImageFile.EncodePng(image), cancellationToken);

    public Task<Raster<byte>> ReadImageAsync(ArtifactId id, int channels) => store.ReadImageAsync(id, channels, cancellationToken);

    public Task<ArtifactId> PutJsonAsync<T>(T value) => store.PutBytesAsync(JsonSerializer.SerializeToUtf8Bytes(value, EditJson.Options), cancellationToken);

    public Task<IReadOnlyList<KeyframeEdit>> ReadKeyframesAsync() =>
        store.ReadKeyframesAsync(StageKeys.Artifact(upstream, StageKind.EditForeground, ArtifactNames.Keyframes), cancellationToken);

    private async Task<LocalFile> FileAsync(ArtifactId id, string extension, string name)
    {
        var file = await store.MaterializeAsync(id, extension, cancellationToken);
        _files.Add((file.Path, name));
        return file;
    }
}

/// <summary>What a stage hands back; the runner adds key and time.</summary>
internal sealed class StageOutput
{
    public Dictionary<string, ArtifactId> Artifacts { get; } = [];

    public Dictionary<string, double> Metrics { get; } = [];

    public Dictionary<string, string> Facts { get; } = [];

    public List<string> Notes { get; } = [];

    public void AddModel(OpenModel model, string prompt, string negativePrompt)
    {
        Facts["model"] = model.Info.Name;
        Facts["modelDigest"] = model.Info.Digest;
        if (PromptNotes.UnknownWords(model.Network, prompt, negativePrompt) is { } note)
            Notes.Add(note);
    }
}

/// <summary>Reading what stages wrote.</summary>
internal static class ArtifactReading
{
    public static async Task<Raster<byte>> ReadImageAsync(this IArtifactStore store, ArtifactId id, int channels, CancellationToken cancellationToken)
    {
        await using var stream = await store.OpenReadAsync(id, cancellationToken);
        using var bytes = new MemoryStream();
        await stream.CopyToAsync(bytes, cancellationToken);
        return ImageFile.Read(bytes.GetBuffer().AsSpan(0, (int)bytes.Length), channels);
    }

    public static async Task<IReadOnlyList<KeyframeEdit>> ReadKeyframesAsync(this IArtifactStore store, ArtifactId id, CancellationToken cancellationToken)
    {
        await using var stream = await store.OpenReadAsync(id, cancellationToken);
        return await JsonSerializer.DeserializeAsync<List<KeyframeEdit>>(stream, EditJson.Options, cancellationToken)
            ?? throw new EditException("The list of keyframes is empty. Run the foreground edit again.");
    }
}
