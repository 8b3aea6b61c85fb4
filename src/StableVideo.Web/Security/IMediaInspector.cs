using StableVideo.Client;

namespace StableVideo.Web.Security;

/// <summary>Looks at uploaded files before anything else does.</summary>
internal interface IMediaInspector
{
    /// <summary>What a file is.</summary>
    /// <param name="path">The file, whose name counts for nothing.</param>
    /// <param name="purpose">What it is to be used for.</param>
    /// <param name="cancellationToken">Stops the inspection.</param>
    /// <exception cref="Services.ProblemException">It is nothing that can be used; the words say why and name no path.</exception>
    Task<MediaFacts> InspectAsync(string path, VideoPurpose purpose, CancellationToken cancellationToken);
}

/// <summary>What was found in an uploaded file.</summary>
/// <param name="Width">Width in pixels as displayed.</param>
/// <param name="Height">Height in pixels as displayed.</param>
/// <param name="FrameRate">Frames per second; 0 for an image.</param>
/// <param name="Frames">Number of frames; <see langword="null"/> when the file does not say.</param>
/// <param name="Seconds">Length in seconds; <see langword="null"/> for an image.</param>
/// <param name="Codec">Name of the codec.</param>
internal sealed record MediaFacts(int Width, int Height, double FrameRate, int? Frames, double? Seconds, string Codec);
