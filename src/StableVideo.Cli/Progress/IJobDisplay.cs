namespace StableVideo.Cli.Progress;

/// <summary>Shows the events of a job. Calls come one at a time, from any thread.</summary>
public interface IJobDisplay : IDisposable
{
    /// <summary>Shows one event.</summary>
    void Show(ProgressEvent progressEvent);
}
