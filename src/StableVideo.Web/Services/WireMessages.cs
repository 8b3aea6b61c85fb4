using System.Text.Json;
using System.Text.Json.Serialization;
using StableVideo.Client;
using StableVideo.Cluster;

namespace StableVideo.Web.Services;

/// <summary>Turns messages of grains into those of the wire and back.</summary>
internal static class WireMessages
{
    /// <summary>The one way in which the wire is written: camelCase, enums as names, nothing said twice; unknown properties are refused.</summary>
    public static JsonSerializerOptions Json { get; } = Configure(new JsonSerializerOptions(JsonSerializerDefaults.Web));

    /// <summary>Settings for the grains, where what is not given is the default.</summary>
    private static readonly JsonSerializerOptions GivenOnly = new(JsonSerializerDefaults.Web) { DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull };

    /// <summary>Settings as grains keep them, of this version or another.</summary>
    private static readonly JsonSerializerOptions Lenient = new(JsonSerializerDefaults.Web);

    public static JsonSerializerOptions Configure(JsonSerializerOptions options)
    {
        options.Converters.Add(new JsonStringEnumConverter(namingPolicy: null, allowIntegerValues: false));
        options.UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow;
        options.RespectNullableAnnotations = true;
        options.AllowDuplicateProperties = false;
        return options;
    }

    public static JobRequest ToRequest(JobSubmission submission, Client.MaskKind maskKind) => new()
    {
        Video = submission.Video,
        Mask = submission.Mask,
        MaskKind = maskKind.ToString(),
        ProtectBackground = submission.ProtectBackground,
        ProtectForeground = submission.ProtectForeground,
        Marks = submission.Marks is { Count: > 0 } marks ? [.. marks.Select(mark => new Cluster.FrameMark(mark.Frame, mark.Mask))] : null,
        Until = submission.Until,
        Settings = JsonSerializer.Serialize(submission.Settings, GivenOnly),
        Priority = submission.Priority,
    };

    public static Job ToJob(JobStatus status) => new()
    {
        Id = JobKey.Parse(status.JobId).Id,
        State = (Client.JobState)status.State,
        Sequence = status.Sequence,
        Error = status.Error,
        SubmittedAt = status.SubmittedAt,
        StartedAt = status.StartedAt,
        EndedAt = status.EndedAt,
        Request = new JobSubmission
        {
            Video = status.Request.Video,
            Mask = status.Request.Mask,
            MaskKind = Enum.Parse<Client.MaskKind>(status.Request.MaskKind),
            ProtectBackground = status.Request.ProtectBackground,
            ProtectForeground = status.Request.ProtectForeground,
            Marks = status.Request.Marks is { } marks ? [.. marks.Select(mark => new Client.FrameMark(mark.Frame, mark.Mask))] : null,
            Until = status.Request.Until,
            Settings = JsonSerializer.Deserialize<EditSettings>(status.Request.Settings, Lenient)!,
            Priority = status.Request.Priority,
        },
        Stages = [.. status.Stages.Select(ToStage)],
    };

    public static Client.JobEvent ToEvent(Cluster.JobEvent happened) => new()
    {
        Sequence = happened.Sequence,
        At = happened.At,
        Kind = happened.Kind.ToString(),
        Stage = happened.Stage?.ToString(),
        Message = happened.Message,
    };

    public static JobSummary ToSummary(JobStatus status)
    {
        var job = ToJob(status);
        return new JobSummary
        {
            Id = job.Id,
            State = job.State,
            SubmittedAt = job.SubmittedAt,
            EndedAt = job.EndedAt,
            Fraction = status.Stages.Count == 0 ? 0 : status.Stages.Average(stage => stage.Fraction),
            Video = job.Request.Video,
            ForegroundPrompt = job.Request.Settings.ForegroundPrompt,
            BackgroundPrompt = job.Request.Settings.BackgroundPrompt,
            Until = job.Request.Until,
            Error = job.Error,
        };
    }

    public static JobSummary ToSummary(JobIndexEntry entry) => new()
    {
        Id = entry.Id,
        State = entry.End is { } end ? (Client.JobState)end : Client.JobState.Submitted,
        SubmittedAt = entry.SubmittedAt,
        EndedAt = entry.EndedAt,
        Fraction = entry.End == Cluster.JobState.Completed ? 1 : 0,
        Video = entry.Video,
        ForegroundPrompt = entry.ForegroundPrompt,
        BackgroundPrompt = entry.BackgroundPrompt,
        Until = entry.Until,
        Error = entry.Error,
    };

    public static Queue ToQueue(PoolStatus pool, string tenant)
    {
        var own = pool.Tenants.FirstOrDefault(share => share.Tenant == tenant);
        return new Queue
        {
            Needs = [.. pool.Queues.Select(queue => new QueuedNeed(queue.Need.ToString(), queue.Waiting, queue.OldestSeconds))],
            Own = new QueueShare(own?.Waiting ?? 0, own?.Running ?? 0),
            Silos = [.. pool.Silos.Select(ToSilo)],
        };
    }

    private static Client.Silo ToSilo(PoolSilo silo) => new()
    {
        Name = silo.Name,
        Roles = silo.Roles.ToString(),
        Slots = silo.Slots,
        Busy = silo.Busy,
        WarmModels = silo.WarmModels,
        Draining = silo.Draining,
    };

    private static Client.JobStage ToStage(StageStatus stage) => new()
    {
        Stage = stage.Stage.ToString(),
        State = (Client.StageState)stage.State,
        Fraction = stage.Fraction,
        Message = stage.Message,
        Attempt = stage.Attempt,
        Silo = stage.Silo,
        Error = stage.Error,
        StartedAt = stage.StartedAt,
        EndedAt = stage.EndedAt,
        Key = stage.Outcome?.Key,
        Seconds = stage.Outcome?.Seconds,
        Reused = stage.Outcome?.Reused ?? false,
        Artifacts = stage.Outcome?.Artifacts ?? new Dictionary<string, string>(),
        Metrics = stage.Outcome?.Metrics ?? new Dictionary<string, double>(),
        Facts = stage.Outcome?.Facts ?? new Dictionary<string, string>(),
        Notes = stage.Outcome?.Notes ?? [],
        Previews = [.. stage.Previews.Select(preview => preview.Name)],
    };
}
