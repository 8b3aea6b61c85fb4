namespace StableVideo.Cluster;

/// <summary>What a job's activation knows of a stage under way, beyond what is persisted.</summary>
internal sealed class StageWatch(int attempt)
{
    public int Attempt => attempt;

    /// <summary>Whether the stage grain has been told, or is known to work on the attempt.</summary>
    public bool IsHandedOut { get; set; }

    /// <summary>Whether this activation queued the attempt itself; otherwise it must first ask whether anyone works on it.</summary>
    public bool IsOurs { get; set; }

    /// <summary>Whether it waits for the result of another job's stage: nobody tells it when that is there.</summary>
    public bool HasTwin { get; set; }

    /// <summary>Timestamp of the last sign of life.</summary>
    public long LastSeen { get; set; }

    public double Fraction { get; set; }

    public string Message { get; set; } = "";

    /// <summary>Pictures of what is done so far. Not persisted: the next sign of life brings them all again.</summary>
    public IReadOnlyList<StagePreview> Previews { get; set; } = [];
}
