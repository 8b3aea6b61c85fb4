using StableVideo.Client;
using StableVideo.Cluster;

namespace StableVideo.Web.Services;

/// <summary>What a job has left behind so far, by name.</summary>
internal static class JobArtifacts
{
    public static IReadOnlyList<JobArtifact> Of(JobStatus status)
    {
        var id = JobKey.Parse(status.JobId).Id;
        return
        [
            .. status.Stages.Where(stage => stage.Outcome is not null).SelectMany(stage => stage.Outcome!.Artifacts.Select(pair => new JobArtifact(
                pair.Key, stage.Stage.ToString(), ContentTypeOf(pair.Key), pair.Value, $"/v1/jobs/{id}/artifacts/{pair.Key}"))),
            .. status.Stages.SelectMany(stage => stage.Previews.Select(preview => new JobArtifact(
                preview.Name, stage.Stage.ToString(), "image/jpeg", preview.Artifact, $"/v1/jobs/{id}/artifacts/{preview.Name}"))),
        ];
    }

    /// <summary>A file name under which a person may keep it.</summary>
    public static string FileNameOf(string jobId, JobArtifact artifact) => $"{jobId}-{artifact.Name}{ExtensionOf(artifact.ContentType)}";

    private static string ContentTypeOf(string name) => name switch
    {
        "video" or "mask" => "video/mp4",
        "keyframes" => "application/json",
        _ when name.EndsWith("-atlas", StringComparison.Ordinal) || name.StartsWith("keyframe-", StringComparison.Ordinal) => "image/png",
        _ => "application/octet-stream",
    };

    private static string ExtensionOf(string contentType) => contentType switch
    {
        "video/mp4" => ".mp4",
        "application/json" => ".json",
        "image/png" => ".png",
        "image/jpeg" => ".jpg",
        _ => ".bin",
    };
}
