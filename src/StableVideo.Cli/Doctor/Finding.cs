namespace StableVideo.Cli.Doctor;

/// <summary>How good a finding is.</summary>
public enum Verdict
{
    /// <summary>As it should be.</summary>
    Good,

    /// <summary>Works, with a limit worth knowing.</summary>
    Fair,

    /// <summary>Edits can not run.</summary>
    Bad,
}

/// <summary>One thing that was looked at.</summary>
/// <param name="Subject">What was looked at.</param>
/// <param name="Verdict">How good it is.</param>
/// <param name="Detail">What was found, and what to do when it is not good.</param>
/// <param name="ExitCode">The command's exit code when the verdict is bad.</param>
public sealed record Finding(string Subject, Verdict Verdict, string Detail, int ExitCode = Cli.ExitCode.Environment);
