using StableVideo.Storage;

namespace StableVideo.Editing;

/// <summary>Brings a clip and its mask from disk into a store.</summary>
public static class VideoImport
{
    /// <summary>Checks settings and files, then stores them.</summary>
    /// <param name="videoPath">A video file, or a folder of jpg or png frames.</param>
    /// <param name="maskPath">A mask video, a folder of masks, one mask image for frame 0, or <see langword="null"/>.</param>
    /// <param name="settings">The edit.</param>
    /// <param name="store">Where to.</param>
    /// <param name="cancellationToken">Stops early.</param>
    /// <exception cref="EditException">The settings break rules; all of them are listed.</exception>
    /// <exception cref="Imaging.MediaException">A file is missing or can not be read.</exception>
    public static Task<JobInputs> ImportAsync(
        string videoPath, string? maskPath, EditSettings settings, IArtifactStore store, CancellationToken cancellationToken = default) =>
        throw new NotSupportedException($"{videoPath}{maskPath}{settings}{store}");
}
