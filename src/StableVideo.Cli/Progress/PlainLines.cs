namespace StableVideo.Cli.Progress;

/// <summary>One line per thing worth knowing, for logs and pipes: each stage's start and end, and every tenth of the way in between.</summary>
public sealed class PlainLines(TextWriter output) : IJobDisplay
{
    private readonly Dictionary<string, int> tenthShown = [];
    private readonly Dictionary<string, string> waitShown = [];

    /// <inheritdoc/>
    public void Show(ProgressEvent progressEvent)
    {
        if (Line(progressEvent) is not { } line) return;
        output.WriteLine(line);
        output.Flush();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
    }

    private string? Line(ProgressEvent progressEvent) => progressEvent switch
    {
        JobStarted e => $"{(e.Continues ? "continuing" : "starting")} job {e.Job}: {e.Frames} frames, {e.Width} x {e.Height}",
        Sending e when IsNewTenth(e.Name, e.Fraction) => $"sending {e.Name}: {Words.Percent(e.Fraction)}",
        StageQueued e when IsNewWait(e) => $"{Words.Stage(e.Stage)}: {e.Message}",
        StageStarted e => $"{Words.Stage(e.Stage)}: started",
        StageProgressed e when IsNewTenth(e.Stage, e.Fraction) => $"{Words.Stage(e.Stage)}: {Words.Percent(e.Fraction)}{Separated(e.Message)}{Left(e.SecondsLeft)}",
        StageFinished { Kept: true } e => $"{Words.Stage(e.Stage)}: nothing to do",
        StageFinished { Reused: true } e => $"{Words.Stage(e.Stage)}: reused{Separated(Words.Figures(e.Metrics))}",
        StageFinished e => $"{Words.Stage(e.Stage)}: done in {Words.Duration(e.Seconds)}{Separated(Words.Figures(e.Metrics))}",
        StageFailed e => $"{Words.Stage(e.Stage)}: failed",
        Note e => $"note: {e.Message}",
        JobFinished e => $"done in {Words.Duration(e.Seconds)}, peak memory {e.PeakMemoryMegabytes:0} MB\n{Results(e)}",
        _ => null,
    };

    internal static string Results(JobFinished e) => $"video:  {e.Output}\nfolder: {e.Folder}\nreport: {e.Report}";

    private static string Separated(string text) => text.Length == 0 ? "" : $", {text}";

    private static string Left(double? seconds) => seconds is { } left ? $", {Words.Duration(left)} left" : "";

    private bool IsNewTenth(string name, double fraction)
    {
        var tenth = (int)(fraction * 10);
        if (tenthShown.TryGetValue(name, out var shown) ? tenth <= shown : tenth == 0) return false;
        tenthShown[name] = tenth;
        return true;
    }

    /// <summary>Places in a queue change all the time; a log is told of what is waited for, not of each step.</summary>
    private bool IsNewWait(StageQueued e)
    {
        var words = string.Concat(e.Message.Where(character => !char.IsAsciiDigit(character)));
        if (waitShown.GetValueOrDefault(e.Stage) == words) return false;
        waitShown[e.Stage] = words;
        return true;
    }
}
