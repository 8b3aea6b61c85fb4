namespace StableVideo.Cli.Progress;

/// <summary>Where a stage stands.</summary>
public enum RowState
{
    /// <summary>Not begun.</summary>
    Waiting,

    /// <summary>Computing.</summary>
    Running,

    /// <summary>Computed in this run.</summary>
    Done,

    /// <summary>Taken from an earlier run.</summary>
    Reused,

    /// <summary>There was nothing to do.</summary>
    Kept,

    /// <summary>Ended with an error.</summary>
    Failed,
}

/// <summary>One stage as a display shows it.</summary>
/// <param name="Stage">The stage's name.</param>
public sealed record StageRow(string Stage)
{
    /// <summary>Where it stands.</summary>
    public RowState State { get; init; }

    /// <summary>How much is done, 0 to 1.</summary>
    public double Fraction { get; init; }

    /// <summary>What it is doing, or its figures when done.</summary>
    public string Message { get; init; } = "";

    /// <summary>Clock reading (seconds) when it began.</summary>
    public double Began { get; init; }

    /// <summary>Seconds it took, once done.</summary>
    public double Seconds { get; init; }

    /// <summary>Clock reading (seconds) at which it should end; null while unknown.</summary>
    public double? Ends { get; init; }

    /// <summary>The row after an event; the same row when the event is about another stage.</summary>
    /// <param name="progressEvent">What happened.</param>
    /// <param name="now">Clock reading in seconds.</param>
    public StageRow After(ProgressEvent progressEvent, double now) => progressEvent switch
    {
        StageQueued e when e.Stage == Stage => this with { Message = e.Message },
        StageStarted e when e.Stage == Stage => this with { State = RowState.Running, Began = now },
        StageProgressed e when e.Stage == Stage => this with
        {
            State = RowState.Running,
            Fraction = Math.Max(Fraction, e.Fraction),
            Message = e.Message,
            Ends = e.SecondsLeft is { } left ? now + left : null,
        },
        StageFinished e when e.Stage == Stage => this with
        {
            State = e.Kept ? RowState.Kept : e.Reused ? RowState.Reused : RowState.Done,
            Fraction = 1,
            Seconds = e.Seconds,
            Message = Words.Figures(e.Metrics),
            Ends = null,
        },
        StageFailed e when e.Stage == Stage => this with { State = RowState.Failed, Message = "", Ends = null },
        _ => this,
    };
}
