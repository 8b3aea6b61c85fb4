using System.Text.Json.Serialization;

namespace StableVideo.Cli.Progress;

/// <summary>
/// Something that happened to a job, in the order it happened. The displays show these; <c>--json</c> prints each as one line, its kind in the
/// property <c>event</c>. Stages are named <c>probe</c>, <c>decompose</c>, <c>edit-background</c>, <c>edit-foreground</c>, <c>aggregate</c>
/// and <c>compose</c>. Kinds and properties are only ever added.
/// </summary>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "event")]
[JsonDerivedType(typeof(JobStarted), "job-started")]
[JsonDerivedType(typeof(Sending), "sending")]
[JsonDerivedType(typeof(StageQueued), "stage-queued")]
[JsonDerivedType(typeof(StageStarted), "stage-started")]
[JsonDerivedType(typeof(StageProgressed), "stage-progress")]
[JsonDerivedType(typeof(StageFinished), "stage-finished")]
[JsonDerivedType(typeof(StageFailed), "stage-failed")]
[JsonDerivedType(typeof(Note), "note")]
[JsonDerivedType(typeof(JobFinished), "job-finished")]
[JsonDerivedType(typeof(CommandFailed), "failed")]
public abstract record ProgressEvent;

/// <summary>The job is known and its stages begin.</summary>
/// <param name="Job">The job's id; the same command gives the same id.</param>
/// <param name="Continues">True when an earlier process began this job.</param>
/// <param name="Stages">The names of the stages that will run, in order.</param>
/// <param name="Frames">Frames of the clip.</param>
/// <param name="Width">Width of the clip in pixels.</param>
/// <param name="Height">Height of the clip in pixels.</param>
public sealed record JobStarted(string Job, bool Continues, IReadOnlyList<string> Stages, int Frames, int Width, int Height) : ProgressEvent;

/// <summary>A stage waits for its turn, or for somebody who can compute it.</summary>
/// <param name="Stage">The stage's name.</param>
/// <param name="Message">What it waits for.</param>
public sealed record StageQueued(string Stage, string Message) : ProgressEvent;

/// <summary>A stage began to compute.</summary>
/// <param name="Stage">The stage's name.</param>
public sealed record StageStarted(string Stage) : ProgressEvent;

/// <summary>A stage came further.</summary>
/// <param name="Stage">The stage's name.</param>
/// <param name="Fraction">How much of the stage is done, 0 to 1.</param>
/// <param name="Message">What it is doing.</param>
/// <param name="SecondsLeft">Estimated time to the end of the stage; null while unknown.</param>
public sealed record StageProgressed(string Stage, double Fraction, string Message, double? SecondsLeft) : ProgressEvent;

/// <summary>A stage's result is there.</summary>
/// <param name="Stage">The stage's name.</param>
/// <param name="Seconds">Seconds it took to compute, now or in the run whose result is reused.</param>
/// <param name="Reused">True when the result of an earlier run was taken.</param>
/// <param name="Metrics">Figures of the stage, such as the reconstruction's PSNR in dB.</param>
/// <param name="Kept">True when there was nothing to do, because no prompt asks for a change here.</param>
public sealed record StageFinished(
    string Stage, double Seconds, bool Reused, IReadOnlyDictionary<string, double> Metrics, bool Kept = false) : ProgressEvent;

/// <summary>A stage failed; the job ends.</summary>
/// <param name="Stage">The stage's name.</param>
/// <param name="Message">What was wrong.</param>
public sealed record StageFailed(string Stage, string Message) : ProgressEvent;

/// <summary>A file is being sent to a server.</summary>
/// <param name="Name">What it is, such as <c>clip</c>.</param>
/// <param name="Fraction">How much is there, 0 to 1.</param>
public sealed record Sending(string Name, double Fraction) : ProgressEvent;

/// <summary>Something the user should know, such as words the image model does not know.</summary>
/// <param name="Message">One sentence.</param>
public sealed record Note(string Message) : ProgressEvent;

/// <summary>All is done.</summary>
/// <param name="Output">Full path of the video.</param>
/// <param name="Folder">Full path of the folder with the pictures and the report.</param>
/// <param name="Report">Full path of the report.</param>
/// <param name="Seconds">Wall-clock seconds of this run.</param>
/// <param name="PeakMemoryMegabytes">The process's largest resident memory.</param>
public sealed record JobFinished(string Output, string Folder, string Report, double Seconds, double PeakMemoryMegabytes) : ProgressEvent;

/// <summary>The command ends without its result.</summary>
/// <param name="ExitCode">One of <see cref="Cli.ExitCode"/>.</param>
/// <param name="Message">What was wrong and what to do.</param>
public sealed record CommandFailed(int ExitCode, string Message) : ProgressEvent;
