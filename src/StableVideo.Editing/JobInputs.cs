using StableVideo.Storage;

namespace StableVideo.Editing;

/// <summary>What kind of mask a job was given.</summary>
public enum MaskKind
{
    /// <summary>None: the object is found by its motion.</summary>
    None,

    /// <summary>One mask for frame 0, tracked through the clip.</summary>
    FirstFrame,

    /// <summary>One mask per frame.</summary>
    EveryFrame,
}

/// <summary>What an edit starts from: artifacts in the store and settings.</summary>
/// <param name="Video">The clip, any format ffmpeg reads (an image folder is imported as a lossless video).</param>
/// <param name="Mask">PNG for <see cref="MaskKind.FirstFrame"/>, a video for <see cref="MaskKind.EveryFrame"/>, otherwise <see langword="null"/>.</param>
/// <param name="MaskKind">How <paramref name="Mask"/> is to be read; white is the object.</param>
/// <param name="Settings">What to do.</param>
public sealed record JobInputs(ArtifactId Video, ArtifactId? Mask, MaskKind MaskKind, EditSettings Settings)
{
    /// <summary>A picture of the background atlas' size: where it is white the background stays as it was filmed, grey blends; <see langword="null"/> protects nothing.</summary>
    public ArtifactId? ProtectBackground { get; init; }

    /// <summary>A picture of the foreground atlas' size: where it is white the object stays as it was filmed, grey blends; <see langword="null"/> protects nothing.</summary>
    public ArtifactId? ProtectForeground { get; init; }

    /// <summary>Frames in which the object is marked, in order; it is tracked from there, both ways. Empty when there is a <see cref="Mask"/>.</summary>
    public IReadOnlyList<ObjectMark> Marks { get; init; } = [];

    /// <summary>The last stage that is run; <see langword="null"/>: all are.</summary>
    public StageKind? Until { get; init; }

    /// <summary>All artifacts that the job starts from.</summary>
    public IReadOnlyList<ArtifactId> Artifacts =>
        [Video, .. new[] { Mask, ProtectBackground, ProtectForeground }.OfType<ArtifactId>(), .. Marks.Select(mark => mark.Mask)];
}

/// <summary>The object as it was marked in one frame.</summary>
/// <param name="Frame">0-based number.</param>
/// <param name="Mask">A picture of the clip's size; white is the object.</param>
public sealed record ObjectMark(int Frame, ArtifactId Mask);

/// <summary>An edit that can not be carried out as asked: the message says what was wrong, where, and what to do.</summary>
public sealed class EditException : Exception
{
    /// <summary>With a message for the person who asked.</summary>
    public EditException(string message)
        : base(message)
    {
    }

    /// <summary>With a message for the person who asked, and the cause.</summary>
    public EditException(string message, Exception? innerException)
        : base(message, innerException)
    {
    }

    /// <summary>Without details.</summary>
    public EditException()
        : this("The edit can not be carried out.")
    {
    }
}
