using StableVideo.Cluster;
using StableVideo.Imaging;
using StableVideo.Storage;
using StableVideo.Web.Security;

namespace StableVideo.Web.Services;

/// <summary>Makes <see cref="ProblemException"/>s: the catalogue of what can go wrong for a caller.</summary>
internal static class Problem
{
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(5);

    public static ProblemException Invalid(string detail, IReadOnlyList<string>? errors = null) =>
        new(400, "invalid-request", "The request can not be done as asked", detail) { Errors = errors ?? [] };

    public static ProblemException MissingScope(Scopes scopes) =>
        new(403, "missing-scope", "The key does not allow this", $"This needs a key with the scope {ScopeNames.Of(scopes)}. Ask whoever administers keys for one.");

    public static ProblemException NoVideo(string id) =>
        new(404, "video-not-found", "No such video", $"There is no video '{Shortened(id)}'. Upload it first, or check the id; uploads that no job uses are deleted after some time.");

    public static ProblemException NoArtifact(string job, string name) =>
        new(404, "artifact-not-found", "No such artifact", $"The job '{Shortened(job)}' has no '{Shortened(name)}' yet, or it has been deleted. The list of artifacts says what there is.");

    public static ProblemException NotAJobId(IReadOnlyList<string> errors) => new(400, "invalid-job-id", "The job id has the wrong form", string.Join(' ', errors)) { Errors = errors };

    /// <summary>What an exception of the cluster or the store means to a caller; <see langword="null"/> when it is nothing a caller can do something about.</summary>
    public static ProblemException? Of(Exception exception) => exception switch
    {
        ProblemException problem => problem,
        JobNotFoundException => new(404, "job-not-found", "No such job", exception.Message, exception),
        JobConflictException => new(409, "job-conflict", "The id is taken by another job", exception.Message, exception),
        JobRejectedException rejected => new(400, "job-rejected", "The job can not be done as asked", exception.Message, exception) { Errors = rejected.Errors },
        QueueFullException => new(503, "queue-full", "The queue is full", exception.Message, exception) { RetryAfter = Soon },
        ArtifactNotFoundException => new(404, "artifact-not-found", "No such artifact", exception.Message, exception),
        QuotaExceededException => new(507, "quota-exceeded", "The quota is used up", exception.Message, exception),
        StoreUnavailableException => new(503, "store-unavailable", "The store does not answer", "The store of clips and results does not answer, or is full. Nothing was lost; try again.", exception) { RetryAfter = Soon },
        { InnerException: StoreUnavailableException inner } => Of(inner),
        MediaException => new(422, "unreadable-media", "The file can not be used", exception.Message, exception),
        TimeoutException or OrleansException => new(503, "cluster-not-answering", "The cluster does not answer", "No silo answered in time. The call can be repeated safely.", exception) { RetryAfter = Soon },
        _ => null,
    };

    private static string Shortened(string text) => text.Length <= 128 ? text : text[..128] + "...";
}
