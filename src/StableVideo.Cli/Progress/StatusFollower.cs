using StableVideo.Cluster;

namespace StableVideo.Cli.Progress;

/// <summary>Turns snapshots of a job into what happened between them.</summary>
public sealed class StatusFollower(TimeProvider clock)
{
    private readonly Dictionary<JobStage, Seen> stages = [];
    private readonly HashSet<string> notes = [];

    /// <summary>True when an earlier process had begun a job.</summary>
    public static bool WasBegun(JobStatus first) => first.Stages.Any(stage => stage.State == StageState.Completed || stage.Attempt > 1);

    /// <summary>The names of all stages, in order.</summary>
    public static IReadOnlyList<string> StageNames(JobStatus status) => [.. status.Stages.Select(stage => Name(stage.Stage))];

    /// <summary>Remarks that were shown elsewhere and are not worth repeating.</summary>
    public void Know(IEnumerable<string> remarks) => notes.UnionWith(remarks);

    /// <summary>Takes the next snapshot.</summary>
    /// <param name="status">The snapshot.</param>
    /// <param name="isFirst">True for the one at submission: what is complete in it was computed by an earlier process.</param>
    /// <returns>What happened since the last one.</returns>
    public IEnumerable<ProgressEvent> Next(JobStatus status, bool isFirst = false)
    {
        foreach (var stage in status.Stages)
        {
            var name = Name(stage.Stage);
            if (!stages.TryGetValue(stage.Stage, out var seen)) stages[stage.Stage] = seen = new Seen();
            if (seen.Ended) continue;
            if (stage.State is StageState.Queued or StageState.Pending && stage.Message.Length > 0 && seen.Waits != stage.Message)
            {
                seen.Waits = stage.Message;
                yield return new StageQueued(name, stage.Message);
            }

            if (stage.State == StageState.Running && (seen.Began is null || stage.Attempt != seen.Attempt))
            {
                (seen.Began, seen.Attempt, seen.Left, seen.Shown) = (clock.GetTimestamp(), stage.Attempt, new TimeLeft(), null);
                yield return new StageStarted(name);
            }

            if (stage.State == StageState.Running && seen.Shown != (stage.Fraction, stage.Message))
            {
                seen.Shown = (stage.Fraction, stage.Message);
                var left = seen.Left.Update(stage.Fraction, clock.GetElapsedTime(seen.Began!.Value).TotalSeconds);
                yield return new StageProgressed(name, stage.Fraction, stage.Message, left is { } seconds ? Math.Round(seconds, 1) : null);
            }

            if (stage.State == StageState.Completed && stage.Outcome is { } outcome)
            {
                seen.Ended = true;
                yield return new StageFinished(name, outcome.Seconds, isFirst || outcome.Reused, outcome.Metrics, Kept: stage.Stage != JobStage.Probe && outcome.Artifacts.Count == 0);
                foreach (var note in outcome.Notes.Where(notes.Add)) yield return new Note(note);
            }

            if (stage.State == StageState.Failed)
            {
                seen.Ended = true;
                yield return new StageFailed(name, stage.Error ?? status.Error ?? "");
            }
        }
    }

    private static string Name(JobStage stage) => Words.Slug(stage.ToString());

    private sealed class Seen
    {
        public long? Began { get; set; }

        public int Attempt { get; set; }

        public TimeLeft Left { get; set; } = new();

        public (double Fraction, string Message)? Shown { get; set; }

        public string? Waits { get; set; }

        public bool Ended { get; set; }
    }
}
