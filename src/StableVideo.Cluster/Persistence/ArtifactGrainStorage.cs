using System.Text.Json;
using System.Text.Json.Serialization;
using Orleans.Storage;
using StableVideo.Storage;

namespace StableVideo.Cluster;

/// <summary>
/// Keeps grain state in the artifact store as JSON documents named <c>grains/{grain type}/{grain key}/{state name}</c>. A write over a version
/// that was not the one read throws <see cref="InconsistentStateException"/>.
/// </summary>
internal sealed class ArtifactGrainStorage(IArtifactStore store) : IGrainStorage
{
    /// <summary>Name of the storage provider.</summary>
    public const string Name = "artifacts";

    private static readonly JsonSerializerOptions Json = CreateOptions();

    public async Task ReadStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
    {
        var document = await store.ReadDocumentAsync(DocumentOf(stateName, grainId));
        grainState.RecordExists = document is not null;
        grainState.ETag = document?.ETag.Value;
        grainState.State = document is null
            ? Activator.CreateInstance<T>()
            : JsonSerializer.Deserialize<T>(document.Content.Span, Json) ?? throw new InvalidDataException($"'{document.Name}' holds no state.");
    }

    public async Task WriteStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
    {
        var name = DocumentOf(stateName, grainId);
        var content = JsonSerializer.SerializeToUtf8Bytes(grainState.State, Json);
        try
        {
            grainState.ETag = (await store.WriteDocumentAsync(name, content, ConditionOf(grainState))).Value;
            grainState.RecordExists = true;
        }
        catch (PreconditionFailedException exception)
        {
            throw Conflict(exception, grainState);
        }
    }

    public async Task ClearStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
    {
        try
        {
            if (grainState.ETag is not null)
                await store.DeleteDocumentAsync(DocumentOf(stateName, grainId), ConditionOf(grainState));
            (grainState.State, grainState.ETag, grainState.RecordExists) = (Activator.CreateInstance<T>(), null, false);
        }
        catch (PreconditionFailedException exception)
        {
            throw Conflict(exception, grainState);
        }
    }

    private static string DocumentOf(string stateName, GrainId grainId) =>
        $"grains/{DocumentName.Escape(grainId.Type.ToString()!)}/{DocumentName.Escape(grainId.Key.ToString()!)}/{DocumentName.Escape(stateName)}";

    private static WriteCondition ConditionOf<T>(IGrainState<T> grainState) =>
        grainState.ETag is { } etag ? WriteCondition.Matches(new ETag(etag)) : WriteCondition.MustNotExist;

    private static InconsistentStateException Conflict<T>(PreconditionFailedException exception, IGrainState<T> grainState) =>
        new(exception.Message, exception.Current?.Value ?? "unknown", grainState.ETag ?? "none", exception);

    private static JsonSerializerOptions CreateOptions()
    {
        var options = new JsonSerializerOptions(JsonSerializerDefaults.Web) { WriteIndented = true, NewLine = "\n" };
        options.Converters.Add(new JsonStringEnumConverter());
        options.MakeReadOnly(populateMissingResolver: true);
        return options;
    }
}
