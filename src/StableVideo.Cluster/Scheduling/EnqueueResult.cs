namespace StableVideo.Cluster;

/// <summary>What became of a request for a slot.</summary>
internal enum EnqueueResult
{
    /// <summary>It waits.</summary>
    Queued = 0,

    /// <summary>It waits already, holds a slot already, took the place of an older attempt that waited, or is itself older than what is known.</summary>
    AlreadyKnown = 1,

    /// <summary>As many stages wait as may wait; ask again later.</summary>
    Full = 2,
}
