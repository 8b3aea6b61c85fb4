using System.Text.Json;
using System.Text.Json.Serialization;
using StableVideo.Storage;

namespace StableVideo.Cluster;

/// <summary>Keeps the list of each tenant's jobs, see <see cref="JobIndex"/>, and lets webhooks know. Writing an entry again changes nothing.</summary>
internal sealed class JobIndexWriter(IArtifactStore store, WebhookOutbox webhooks)
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web) { Converters = { new JsonStringEnumConverter() } };

    public async Task WriteAsync(JobKey key, JobDocument job)
    {
        var settings = JobMessages.ToInputs(job.Request!).Settings;
        var entry = new JobIndexEntry(
            key.Id,
            job.SubmittedAt,
            job.Request!.Video,
            job.HasEnded ? job.State : null,
            job.EndedAt,
            settings.ForegroundPrompt,
            settings.BackgroundPrompt,
            job.Error,
            job.Request!.Until);
        await store.WriteDocumentAsync(JobIndex.NameOf(key, job.SubmittedAt), JsonSerializer.SerializeToUtf8Bytes(entry, Json), WriteCondition.Any);
        await webhooks.NoteAsync(key.Tenant, entry);
    }
}
