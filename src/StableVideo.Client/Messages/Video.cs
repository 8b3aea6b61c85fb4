namespace StableVideo.Client;

/// <summary>What an uploaded file is for.</summary>
public enum VideoPurpose
{
    /// <summary>A clip to edit.</summary>
    Clip = 0,

    /// <summary>A mask: one image for frame 0, or a video with one mask per frame; white is the object.</summary>
    Mask = 1,
}

/// <summary>An uploaded clip or mask that was looked at and can be used.</summary>
public sealed record Video
{
    /// <summary>Its id, which follows from its bytes: the same file uploaded twice is kept once.</summary>
    public required string Id { get; init; }

    /// <summary>The file's name when it was uploaded, without folders.</summary>
    public string? Name { get; init; }

    /// <summary>What it is for.</summary>
    public VideoPurpose Purpose { get; init; }

    /// <summary>Size in bytes.</summary>
    public long Bytes { get; init; }

    /// <summary>Width in pixels as displayed.</summary>
    public int Width { get; init; }

    /// <summary>Height in pixels as displayed.</summary>
    public int Height { get; init; }

    /// <summary>Frames per second; 0 for an image.</summary>
    public double FrameRate { get; init; }

    /// <summary>Number of frames; 1 for an image; <see langword="null"/> when the file does not say.</summary>
    public int? Frames { get; init; }

    /// <summary>Length in seconds; <see langword="null"/> when the file does not say.</summary>
    public double? Seconds { get; init; }

    /// <summary>Name of the codec, such as <c>h264</c>.</summary>
    public string? Codec { get; init; }

    /// <summary>When it was first uploaded.</summary>
    public DateTimeOffset UploadedAt { get; init; }
}

/// <summary>An upload that is under way or was finished (tus).</summary>
public sealed record Upload
{
    /// <summary>Its id.</summary>
    public required string Id { get; init; }

    /// <summary>Where it stands.</summary>
    public UploadState State { get; init; }

    /// <summary>Bytes received.</summary>
    public long Offset { get; init; }

    /// <summary>Bytes expected.</summary>
    public long Length { get; init; }

    /// <summary>When it is dropped unless it goes on.</summary>
    public DateTimeOffset ExpiresAt { get; init; }

    /// <summary>The video it became, once <see cref="UploadState.Ready"/>.</summary>
    public Video? Video { get; init; }

    /// <summary>Why the file was refused, once <see cref="UploadState.Refused"/>.</summary>
    public string? Error { get; init; }
}

/// <summary>Where an upload stands.</summary>
public enum UploadState
{
    /// <summary>Bytes are missing.</summary>
    Receiving = 0,

    /// <summary>All bytes are there; the file is being looked at.</summary>
    Inspecting = 1,

    /// <summary>The file can be used.</summary>
    Ready = 2,

    /// <summary>The file can not be used; <see cref="Upload.Error"/> says why.</summary>
    Refused = 3,
}

/// <summary>A clip's layers, once a job has solved for them.</summary>
public sealed record VideoDecomposition
{
    /// <summary>The clip.</summary>
    public required string VideoId { get; init; }

    /// <summary>The job whose decomposition this is.</summary>
    public required string JobId { get; init; }

    /// <summary>Outputs by name, such as <c>foreground-atlas</c>, <c>background-atlas</c> and <c>mask</c>.</summary>
    public required IReadOnlyList<JobArtifact> Artifacts { get; init; }

    /// <summary>Figures, such as the reconstruction's PSNR in dB.</summary>
    public IReadOnlyDictionary<string, double> Metrics { get; init; } = new Dictionary<string, double>();

    /// <summary>Facts that are not figures.</summary>
    public IReadOnlyDictionary<string, string> Facts { get; init; } = new Dictionary<string, string>();
}
