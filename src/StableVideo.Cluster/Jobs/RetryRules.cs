namespace StableVideo.Cluster;

/// <summary>How often, and after what pauses, a stage that failed is tried again.</summary>
/// <param name="RetriesAllowed">Tries after the first one.</param>
/// <param name="FirstPause">The pause before the second try; it doubles with each.</param>
/// <param name="LongestPause">What pauses do not grow beyond.</param>
internal readonly record struct RetryRules(int RetriesAllowed, TimeSpan FirstPause, TimeSpan LongestPause)
{
    /// <summary>The pause after the <paramref name="count"/>-th failure in a row, 1 for the first.</summary>
    public TimeSpan PauseAfter(int count)
    {
        var doubled = FirstPause * Math.Pow(2, Math.Min(count - 1, 30));
        return doubled < LongestPause ? doubled : LongestPause;
    }
}
