using System.Text.Json;
using StableVideo.Client;
using StableVideo.Cluster;
using StableVideo.Editing;

namespace StableVideo.Cli.Server;

/// <summary>A job as a server tells it, in the words of the grains, so that both are shown by the same code.</summary>
internal static class WireStatus
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        DefaultIgnoreCondition = System.Text.Json.Serialization.JsonIgnoreCondition.WhenWritingNull,
    };

    public static JobStatus Of(Job job) => new()
    {
        JobId = job.Id,
        State = (Cluster.JobState)job.State,
        Sequence = job.Sequence,
        Error = job.Error,
        SubmittedAt = job.SubmittedAt,
        StartedAt = job.StartedAt,
        EndedAt = job.EndedAt,
        Request = new JobRequest
        {
            Video = job.Request.Video,
            Mask = job.Request.Mask,
            MaskKind = (job.Request.MaskKind ?? Client.MaskKind.None).ToString(),
            ProtectBackground = job.Request.ProtectBackground,
            ProtectForeground = job.Request.ProtectForeground,
            Marks = job.Request.Marks is { } marks ? [.. marks.Select(mark => new Cluster.FrameMark(mark.Frame, mark.Mask))] : null,
            Until = job.Request.Until,
            Settings = JsonSerializer.Serialize(job.Request.Settings, Json),
            Priority = job.Request.Priority,
        },
        Stages = [.. job.Stages.Where(stage => Enum.TryParse<Cluster.JobStage>(stage.Stage, out _)).Select(Of)],
    };

    public static JobSubmission ToSubmission(JobInputs inputs, int priority = 0) => new()
    {
        Video = inputs.Video.Value,
        Mask = inputs.Mask?.Value,
        MaskKind = (Client.MaskKind)inputs.MaskKind,
        ProtectBackground = inputs.ProtectBackground?.Value,
        ProtectForeground = inputs.ProtectForeground?.Value,
        Marks = inputs.Marks.Count == 0 ? null : [.. inputs.Marks.Select(mark => new Client.FrameMark(mark.Frame, mark.Mask.Value))],
        Until = inputs.Until?.ToString(),
        Settings = JsonSerializer.Deserialize<Client.EditSettings>(JsonSerializer.Serialize(inputs.Settings, EditJson.Options), Json)!,
        Priority = priority,
    };

    private static StageStatus Of(Client.JobStage stage) => new()
    {
        Stage = Enum.Parse<Cluster.JobStage>(stage.Stage),
        State = (Cluster.StageState)stage.State,
        Fraction = stage.Fraction,
        Message = stage.Message,
        Attempt = stage.Attempt,
        Silo = stage.Silo,
        Error = stage.Error,
        StartedAt = stage.StartedAt,
        EndedAt = stage.EndedAt,
        Outcome = stage.Key is null ? null : new StageOutcome
        {
            Key = stage.Key,
            Artifacts = stage.Artifacts,
            Metrics = stage.Metrics,
            Facts = stage.Facts,
            Notes = stage.Notes,
            Seconds = stage.Seconds ?? 0,
            Reused = stage.Reused,
        },
    };
}
