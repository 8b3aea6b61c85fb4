using Spectre.Console;

namespace StableVideo.Cli.Progress;

/// <summary>A table on the terminal that follows the stages: what is done, what runs, how long it still takes.</summary>
public sealed class LiveTable(IAnsiConsole console, TimeProvider clock) : IJobDisplay
{
    private static readonly TimeSpan Refresh = TimeSpan.FromMilliseconds(150);

    private readonly long epoch = clock.GetTimestamp();
    private readonly List<Note> notes = [];
    private StageRow[] rows = [];
    private Task? drawing;
    private volatile bool finished;

    private double Now => clock.GetElapsedTime(epoch).TotalSeconds;

    /// <inheritdoc/>
    public void Show(ProgressEvent progressEvent)
    {
        switch (progressEvent)
        {
            case JobStarted e:
                console.MarkupLineInterpolated($"{(e.Continues ? "Continuing" : "Starting")} job [bold]{e.Job}[/]: {e.Frames} frames, {e.Width} x {e.Height}");
                Volatile.Write(ref rows, [.. e.Stages.Select(stage => new StageRow(stage))]);
                drawing = Task.Factory.StartNew(Draw, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
                break;
            case Sending e:
                console.Profile.Out.Writer.Write($"\rSending {e.Name}: {Words.Percent(e.Fraction)}{(e.Fraction >= 1 ? "\n" : "")}");
                break;
            case Note e when drawing is null:
                Print(e);
                break;
            case Note e:
                notes.Add(e); // printed under the table: a line in between would tear it
                break;
            case JobFinished e:
                StopDrawing();
                console.MarkupLineInterpolated($"[green]Done[/] in {Words.Duration(e.Seconds)}, peak memory {e.PeakMemoryMegabytes:0} MB");
                console.Profile.Out.Writer.WriteLine(PlainLines.Results(e));
                break;
            default:
                var now = Now;
                Volatile.Write(ref rows, [.. rows.Select(row => row.After(progressEvent, now))]);
                break;
        }
    }

    /// <inheritdoc/>
    public void Dispose() => StopDrawing();

    private void Draw() => console.Live(StageTable.Draw(rows, Now)).Start(live =>
    {
        while (!finished)
        {
            live.UpdateTarget(StageTable.Draw(Volatile.Read(ref rows), Now));
            Thread.Sleep(Refresh);
        }

        live.UpdateTarget(StageTable.Draw(Volatile.Read(ref rows), Now));
    });

    private void StopDrawing()
    {
        finished = true;
        drawing?.GetAwaiter().GetResult();
        drawing = null;
        notes.ForEach(Print);
        notes.Clear();
    }

    private void Print(Note note) => console.MarkupLineInterpolated($"[yellow]note:[/] {note.Message}");
}
