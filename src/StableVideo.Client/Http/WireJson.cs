using System.Text.Json;
using System.Text.Json.Serialization;

namespace StableVideo.Client.Http;

/// <summary>How messages are written; what a newer server adds is passed over.</summary>
[JsonSourceGenerationOptions(JsonSerializerDefaults.Web, UseStringEnumConverter = true, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(Job))]
[JsonSerializable(typeof(JobEvent))]
[JsonSerializable(typeof(List<JobEvent>))]
[JsonSerializable(typeof(List<JobArtifact>))]
[JsonSerializable(typeof(JobSubmission))]
[JsonSerializable(typeof(Page<JobSummary>))]
[JsonSerializable(typeof(Page<Video>))]
[JsonSerializable(typeof(Video))]
[JsonSerializable(typeof(VideoDecomposition))]
[JsonSerializable(typeof(Upload))]
[JsonSerializable(typeof(Queue))]
[JsonSerializable(typeof(List<Model>))]
[JsonSerializable(typeof(List<Key>))]
[JsonSerializable(typeof(KeyRequest))]
[JsonSerializable(typeof(NewKey))]
[JsonSerializable(typeof(Webhook))]
[JsonSerializable(typeof(List<Webhook>))]
[JsonSerializable(typeof(WebhookRequest))]
[JsonSerializable(typeof(NewWebhook))]
[JsonSerializable(typeof(WebhookEvent))]
[JsonSerializable(typeof(List<WebhookDelivery>))]
[JsonSerializable(typeof(DeliveryAttempt))]
[JsonSerializable(typeof(ProblemAnswer))]
internal sealed partial class WireJson : JsonSerializerContext;

/// <summary>RFC 9457 problem details.</summary>
internal sealed record ProblemAnswer(string? Type, string? Title, string? Detail, List<string>? Errors);
