namespace StableVideo.Web.Hosting;

/// <summary>The section <c>Web</c> of the configuration: limits of the HTTP interface.</summary>
public sealed class WebSettings
{
    /// <summary>Largest clip that may be uploaded, in bytes. Default 4 GiB.</summary>
    public long LargestUpload { get; set; } = 4L << 30;

    /// <summary>Largest mask that may be uploaded, in bytes. Default 512 MiB.</summary>
    public long LargestMask { get; set; } = 512L << 20;

    /// <summary>Largest width and height of a clip or mask in pixels. Default 4096.</summary>
    public int LargestSide { get; set; } = 4096;

    /// <summary>Longest clip in frames. Default 3000.</summary>
    public int MostFrames { get; set; } = 3000;

    /// <summary>Time that looking at one upload may take. Default 60 s.</summary>
    public TimeSpan InspectionTime { get; set; } = TimeSpan.FromSeconds(60);

    /// <summary>Address space that a process which looks at an upload may use, in MiB. Default 2048.</summary>
    public int InspectionMemory { get; set; } = 2048;

    /// <summary>Requests per second that one process answers each tenant in the long run; four times as many at once. 0: no limit. Default 200.</summary>
    public int RequestsPerSecond { get; set; } = 200;

    /// <summary>How long an unfinished upload is kept after its last bytes. Default 24 h.</summary>
    public TimeSpan UploadLifetime { get; set; } = TimeSpan.FromHours(24);

    /// <summary>Whether large artifacts are read directly from the store, by addresses that are good for five minutes, where it is blob storage. Default false.</summary>
    public bool RedirectToStore { get; set; }

    /// <summary>Bytes from which on an artifact is large. Default 8 MiB.</summary>
    public long LeastRedirected { get; set; } = 8 << 20;
}
