namespace StableVideo.Cli.Jobs;

internal static class SampleRun
{
    public static Task<int> ExecuteAsync(string folder, int? frames, string? size, Terminal terminal, CancellationToken cancellationToken) => throw new NotSupportedException();
}
