using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.OpenApi;
using StableVideo.Client;
using StableVideo.Web.Services;

namespace StableVideo.Web.Api.OpenApi;

/// <summary>Examples, made of the messages themselves so that they can not be wrong about their form.</summary>
internal static class ApiExamples
{
    private const string Clip = "sha256-9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08";
    private const string Atlas = "sha256-60303ae22b998861bce3b28f33eec1be758a213c86c93c076dbe9f558c11c752";
    private static readonly DateTimeOffset At = new(2026, 3, 14, 9, 26, 53, TimeSpan.Zero);

    private static readonly JobSubmission Submission = new()
    {
        Video = Clip,
        Settings = new EditSettings { ForegroundPrompt = "a red car", BackgroundPrompt = "snowy winter", Seed = 7 },
    };

    private static readonly Job Running = new()
    {
        Id = "winter-1",
        State = JobState.Running,
        Sequence = 5,
        SubmittedAt = At,
        StartedAt = At.AddSeconds(1),
        Request = Submission,
        Stages =
        [
            new JobStage { Stage = "Probe", State = StageState.Completed, Fraction = 1, Attempt = 1, Silo = "gpu-1", Seconds = 0.4 },
            new JobStage { Stage = "Decompose", State = StageState.Running, Fraction = 0.4, Attempt = 1, Silo = "gpu-1", Message = "solving for the layers, round 4 of 10" },
        ],
    };

    private static readonly Video Uploaded = new()
    {
        Id = Clip,
        Name = "street.mp4",
        Bytes = 4_194_304,
        Width = 1280,
        Height = 720,
        FrameRate = 24,
        Frames = 120,
        Seconds = 5,
        Codec = "h264",
        UploadedAt = At,
    };

    private static readonly JobArtifact Layer = new("background-atlas", "Decompose", "image/png", Atlas, "/v1/jobs/winter-1/artifacts/background-atlas");

    private static readonly JobEvent Leased =
        new() { Sequence = 4, At = At.AddSeconds(2), Kind = "StageLeased", Stage = "Decompose", Message = "Decompose attempt 1 was given a slot on gpu-1 after 0.3 s." };

    private static readonly Webhook Hook =
        new() { Id = "wh_5a4f9c1e7b3d2a8e6f01", Url = "https://example.com/hooks/stablevideo", Events = ["job.completed", "job.failed"], CreatedAt = At };

    private static readonly Dictionary<string, object> Answers = new(StringComparer.Ordinal)
    {
        ["listJobs"] = new Page<JobSummary>(
            [new JobSummary { Id = "winter-1", State = JobState.Running, SubmittedAt = At, Fraction = 0.23, Video = Clip, ForegroundPrompt = "a red car", BackgroundPrompt = "snowy winter" }],
            "3155060915863759999-winter-1"),
        ["createJob"] = Running,
        ["submitJob"] = Running,
        ["getJob"] = Running,
        ["cancelJob"] = Running with { State = JobState.Cancelled, EndedAt = At.AddMinutes(1) },
        ["cancelJobByPost"] = Running with { State = JobState.Cancelled, EndedAt = At.AddMinutes(1) },
        ["retryJob"] = Running,
        ["getJobEvents"] = new[] { Leased },
        ["listArtifacts"] = new[] { Layer },
        ["listVideos"] = new Page<Video>([Uploaded], null),
        ["addVideo"] = Uploaded,
        ["getVideo"] = Uploaded,
        ["getVideoDecomposition"] = new VideoDecomposition
        {
            VideoId = Clip,
            JobId = "winter-1",
            Artifacts = [Layer],
            Metrics = new Dictionary<string, double> { ["psnr"] = 32.1 },
        },
        ["getUpload"] = new Upload { Id = "0f8fad5bd9cb469fa16570867728950e", State = UploadState.Receiving, Offset = 1_048_576, Length = 4_194_304, ExpiresAt = At.AddDays(1) },
        ["getQueue"] = new Queue
        {
            Needs = [new QueuedNeed("Gpu", 3, 12.5)],
            Own = new QueueShare(1, 1),
            Silos = [new Silo { Name = "gpu-1", Roles = "Cpu, Gpu", Slots = 1, Busy = 1, WarmModels = ["embedded"] }],
        },
        ["listWebhooks"] = new[] { Hook },
        ["createWebhook"] = new NewWebhook("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", Hook),
        ["rotateWebhookSecret"] = new NewWebhook("whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD", Hook),
        ["enableWebhook"] = Hook,
        ["testWebhook"] = new DeliveryAttempt(At, 0.12, 204, null),
        ["listWebhookDeliveries"] = new[]
        {
            new WebhookDelivery
            {
                Id = "msg_2f1c7e0d9b8a4c6e8d0f1a2b3c4d5e6f",
                Event = "job.completed",
                Job = "winter-1",
                At = At,
                State = DeliveryState.Delivered,
                Attempts = [new DeliveryAttempt(At, 0.12, 204, null)],
            },
        },
        ["listModels"] = new[] { new Model("embedded", ["gpu-1"], 1) },
    };

    /// <summary>Adds an operation's examples of its body and of its good answers.</summary>
    public static void Add(OpenApiOperation operation)
    {
        if (operation.OperationId is null)
            return;
        if (operation.OperationId is "createJob" or "submitJob" && operation.RequestBody?.Content?.TryGetValue("application/json", out var body) == true)
            body.Example = Node(Submission);
        if (!Answers.TryGetValue(operation.OperationId, out var answer))
            return;
        foreach (var (_, response) in (operation.Responses ?? []).Where(response => response.Key.StartsWith('2')))
        {
            if (response.Content?.TryGetValue("application/json", out var content) == true)
                content.Example = Node(answer);
        }
    }

    /// <summary>A problem of a status.</summary>
    public static JsonNode Problem(string status) => status switch
    {
        "400" => Problem(400, "invalid-request", "The request can not be done as asked", "'foregroundPromt' is not known here. Check its spelling; /v1/openapi.json lists what there is."),
        "401" => Problem(401, "unauthenticated", "Who are you?", "Send an API key that is valid: the header Authorization: Bearer sv_..."),
        "403" => Problem(403, "missing-scope", "The key does not allow this", "This needs a key with the scope jobs:write. Ask whoever administers keys for one."),
        "404" => Problem(404, "job-not-found", "No such job", "There is no job 'winter-2'. Submit it first, or check the id."),
        "409" => Problem(409, "job-conflict", "The id is taken by another job", "Job 'winter-1' exists with another settings. Use another id, or submit the request it was made with."),
        "410" => Problem(410, "upload-expired", "The upload has expired", "No bytes came for too long. Create a new upload."),
        "412" => Problem(412, "unsupported-tus-version", "The version of tus is not known", "Send the header Tus-Resumable: 1.0.0."),
        "413" => Problem(413, "upload-too-large", "The file is too large", "At most 4096 MiB can be uploaded. Give a shorter or smaller clip."),
        "415" => Problem(415, "unsupported-media-type", "The request has the wrong form", "Send JSON with the header Content-Type: application/json."),
        "422" => Problem(422, "unreadable-media", "The file can not be used", "The file is not a video that can be read. Give an mp4, mov, mkv, webm, avi or gif file."),
        "429" => Problem(429, "too-many-requests", "Too many requests", "Too many requests came at once. Try again after the time in the header Retry-After."),
        "460" => Problem(460, "checksum-mismatch", "The bytes do not match their checksum", "The bytes were damaged on their way and are not kept. Send them again."),
        "503" => Problem(503, "cluster-not-answering", "The cluster does not answer", "No silo answered in time. The call can be repeated safely."),
        _ => Problem(507, "quota-exceeded", "The quota is used up", "Tenant 'studio' uses 9.8 GiB of the 10 GiB it may store, and 1.2 GiB more do not fit."),
    };

    private static JsonNode Problem(int status, string type, string title, string detail) =>
        Node(new { type = $"urn:stablevideo:problem:{type}", title, status, detail });

    private static JsonNode Node(object message) => JsonSerializer.SerializeToNode(message, message.GetType(), WireMessages.Json)!;
}
