using StableVideo.Cluster;
using StableVideo.Editing;

namespace StableVideo.Cli.Jobs;

/// <summary>Lays out what a job has made.</summary>
internal static class FilesOfJob
{
    /// <param name="place">Where the job was computed.</param>
    /// <param name="status">The job, complete.</param>
    /// <param name="inputs">What it was to do.</param>
    /// <param name="folder">Where pictures and report go.</param>
    /// <param name="output">Where the video goes too; <see langword="null"/>: nowhere else.</param>
    /// <param name="cancellationToken">Stops early.</param>
    public static async Task WriteAsync(IJobPlace place, JobStatus status, JobInputs inputs, string folder, string? output, CancellationToken cancellationToken)
    {
        if (inputs.Until is { } last and not StageKind.Compose)
            throw new EditException($"The job ends behind {last} and has made no video. Submit an edit of the same clip: it takes over what is there.");
        var results = await place.ResultsAsync(status, cancellationToken);
        await EditFolder.WriteAsync(folder, inputs, results, place.Store, cancellationToken);
        if (output is not null) await OutputFile.WriteAsync(place.Store, results[StageKind.Compose].Artifacts[ArtifactNames.Video], output, cancellationToken);
    }
}
