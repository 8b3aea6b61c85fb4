using StableVideo.Client;
using StableVideo.Web.Security;

namespace StableVideo.Web.Services;

/// <summary>A caller's uploaded clips and masks, behind the HTTP interface and the studio alike. Safe for concurrent use.</summary>
/// <remarks>As for <see cref="IJobs"/>: scopes are checked, other tenants' videos are not there, and <see cref="ProblemException"/> says what is wrong.</remarks>
public interface IVideos
{
    /// <summary>Receives a file, looks at it and keeps it. A file that is no video or mask, or is too large, is refused and leaves nothing.</summary>
    Task<Video> AddAsync(Caller caller, Stream content, VideoPurpose purpose, string? name, CancellationToken cancellationToken = default);

    /// <summary>What is known of a video.</summary>
    Task<Video> GetAsync(Caller caller, string id, CancellationToken cancellationToken = default);

    /// <summary>Videos of one purpose, latest first.</summary>
    Task<Page<Video>> ListAsync(Caller caller, VideoPurpose purpose, int limit, string? after, CancellationToken cancellationToken = default);

    /// <summary>Opens its bytes; the stream can seek.</summary>
    Task<Stream> OpenAsync(Caller caller, string id, CancellationToken cancellationToken = default);

    /// <summary>One frame as JPEG.</summary>
    /// <param name="caller">Who asks.</param>
    /// <param name="id">The video.</param>
    /// <param name="frame">0-based number.</param>
    /// <param name="width">Largest width in pixels; smaller frames are not enlarged.</param>
    /// <param name="cancellationToken">Stops the decoder.</param>
    Task<ReadOnlyMemory<byte>> FrameAsync(Caller caller, string id, int frame, int width, CancellationToken cancellationToken = default);

    /// <summary>Finds the outline of the object in a box of a frame and keeps it as a mask for <see cref="JobSubmission.Marks"/>, or for <see cref="JobSubmission.Mask"/> when it is frame 0.</summary>
    /// <param name="caller">Who asks.</param>
    /// <param name="id">The clip.</param>
    /// <param name="box">In pixels of the clip; a little larger than the object.</param>
    /// <param name="cancellationToken">Stops the search.</param>
    Task<Video> OutlineAsync(Caller caller, string id, FrameBox box, CancellationToken cancellationToken = default);

    /// <summary>Layers of a clip from the latest job that has solved for them; <see langword="null"/> when none has.</summary>
    Task<VideoDecomposition?> DecompositionAsync(Caller caller, string id, CancellationToken cancellationToken = default);
}
