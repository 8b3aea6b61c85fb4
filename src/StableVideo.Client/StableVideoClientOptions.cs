namespace StableVideo.Client;

/// <summary>How patient a <see cref="StableVideoClient"/> is.</summary>
public sealed record StableVideoClientOptions
{
    /// <summary>An API key, <c>sv_...</c>, or another bearer token; <see langword="null"/> for servers that ask for none.</summary>
    public string? Key { get; init; }

    /// <summary>How often a call that can be repeated is made before it fails. Default 5.</summary>
    public int Tries { get; init; } = 5;

    /// <summary>Pause before the second try; doubled for each further one, up to <see cref="LongestPause"/>, and shortened by chance. Default 0.5 s.</summary>
    public TimeSpan FirstPause { get; init; } = TimeSpan.FromMilliseconds(500);

    /// <summary>Longest pause between two tries. Default 10 s.</summary>
    public TimeSpan LongestPause { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>How long a watch that was cut off tries to come back. Default 5 minutes.</summary>
    public TimeSpan WatchPatience { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>Bytes sent at a time by uploads. Default 8 MiB.</summary>
    public int ChunkBytes { get; init; } = 8 << 20;

    /// <summary>How long one answer may take to begin. Default 100 s.</summary>
    public TimeSpan AnswerPatience { get; init; } = TimeSpan.FromSeconds(100);
}
