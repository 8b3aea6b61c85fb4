namespace StableVideo.Editing;

/// <summary>What a finished stage left behind. Stored as the document <c>stages/{Key}</c>.</summary>
/// <param name="Key">Lower-case hex SHA-256 of everything that determines the result.</param>
/// <param name="Artifacts">Named outputs; see <see cref="ArtifactNames"/>.</param>
/// <param name="Metrics">Named figures, all finite.</param>
/// <param name="Seconds">Wall-clock time of the computation that made it (not of looking it up).</param>
public sealed record StageResult(
    string Key,
    IReadOnlyDictionary<string, Storage.ArtifactId> Artifacts,
    IReadOnlyDictionary<string, double> Metrics,
    double Seconds)
{
    /// <summary>Named facts that are not figures: model name and digest, codec.</summary>
    public IReadOnlyDictionary<string, string> Facts { get; init; } = new Dictionary<string, string>();

    /// <summary>Remarks a person should read, e.g. words the model does not know.</summary>
    public IReadOnlyList<string> Notes { get; init; } = [];
}

/// <summary>How far a running stage is.</summary>
/// <param name="Fraction">0..1, never falling within one stage.</param>
/// <param name="Message">What is being done now, e.g. "keyframe 40, step 3 of 6".</param>
public sealed record StageProgress(double Fraction, string Message)
{
    /// <summary>A picture of what is done so far, if there is a new one.</summary>
    public PreviewPicture? Preview { get; init; }
}

/// <summary>Names of the artifacts that stages hand to each other and to <see cref="EditFolder"/>.</summary>
public static class ArtifactNames
{
    /// <summary>Decompose: the decomposition (UV lattices, alpha, atlases, gain).</summary>
    public const string Decomposition = "decomposition";

    /// <summary>Decompose: foreground atlas before the edit, PNG.</summary>
    public const string ForegroundAtlas = "foreground-atlas";

    /// <summary>Decompose: background atlas before the edit, PNG.</summary>
    public const string BackgroundAtlas = "background-atlas";

    /// <summary>Decompose: what was tracked as the object, mp4 for browsers: alpha as grey, the clip's frames and rate, at most 640 pixels wide.</summary>
    public const string Mask = "mask";

    /// <summary>EditBackground: background atlas after the edit, PNG; absent when the background is kept.</summary>
    public const string EditedBackgroundAtlas = "edited-background-atlas";

    /// <summary>EditForeground: list of edited keyframes, JSON; absent when the foreground is kept.</summary>
    public const string Keyframes = "keyframes";

    /// <summary>Aggregate: foreground atlas after the edit, PNG; absent when the foreground is kept.</summary>
    public const string EditedForegroundAtlas = "edited-foreground-atlas";

    /// <summary>Compose: background atlas as it was composed, PNG, where a mask protects a part of it; absent otherwise.</summary>
    public const string ProtectedBackgroundAtlas = "protected-background-atlas";

    /// <summary>Compose: foreground atlas as it was composed, PNG, where a mask protects a part of it; absent otherwise.</summary>
    public const string ProtectedForegroundAtlas = "protected-foreground-atlas";

    /// <summary>Compose: the edited video, mp4.</summary>
    public const string Video = "video";

    /// <summary>While EditBackground runs: what the background is going to be, JPEG.</summary>
    public const string BackgroundPreview = "preview-background";

    /// <summary>While EditForeground runs: what the keyframe that is being painted is going to be, JPEG.</summary>
    public const string ForegroundPreview = "preview-foreground";

    /// <summary>While EditForeground runs: keyframe <paramref name="frame"/> after the edit, as cropped, JPEG.</summary>
    public static string KeyframePreview(int frame) => $"preview-keyframe-{frame:D4}";

    /// <summary>EditForeground: keyframe <paramref name="frame"/> as cropped, before the edit, PNG.</summary>
    public static string KeyframeBefore(int frame) => $"keyframe-{frame:D4}-before";

    /// <summary>EditForeground: keyframe <paramref name="frame"/> after the edit, PNG.</summary>
    public static string KeyframeAfter(int frame) => $"keyframe-{frame:D4}-after";
}
