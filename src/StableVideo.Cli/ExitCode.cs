namespace StableVideo.Cli;

/// <summary>What the process tells its caller. The meanings are part of the command line's contract and listed by <c>--help</c>.</summary>
public static class ExitCode
{
    /// <summary>Everything asked for was done.</summary>
    public const int Done = 0;

    /// <summary>Something no one foresaw; <c>--verbose</c> shows the stack trace.</summary>
    public const int Unexpected = 1;

    /// <summary>The command line, the video or the mask can not be used as given.</summary>
    public const int BadInput = 2;

    /// <summary>The machine lacks something: ffmpeg, a system library, disk space.</summary>
    public const int Environment = 3;

    /// <summary>The image model is missing, incomplete or not supported.</summary>
    public const int Model = 4;

    /// <summary>The job was started and failed.</summary>
    public const int JobFailed = 5;

    /// <summary>Cancelled with Ctrl-C or SIGTERM; the same command continues the job.</summary>
    public const int Cancelled = 130;

    /// <summary>The table that <c>--help</c> prints.</summary>
    public const string Table = """
        Exit codes:
          0    done
          1    unexpected error (--verbose shows the stack trace)
          2    bad usage or input (arguments, video, mask)
          3    the environment lacks something (ffmpeg, a system library)
          4    the image model is missing or not supported
          5    the job failed
          130  cancelled; the same command continues the job
        """;
}
