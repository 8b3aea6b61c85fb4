using StableVideo.Cli.Failures;

namespace StableVideo.Cli.Jobs;

/// <summary>Keeps a second process from running the same job in the same store. The system lets go of it when the process dies, however it dies.</summary>
public sealed class JobLock : IDisposable
{
    private readonly FileStream file;

    private JobLock(FileStream file) => this.file = file;

    /// <summary>Takes the lock.</summary>
    /// <exception cref="CommandException">Another process has it.</exception>
    public static JobLock Take(string store, string job)
    {
        var folder = Directory.CreateDirectory(Path.Combine(store, "running")).FullName;
        try
        {
            return new JobLock(new FileStream(Path.Combine(folder, job), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None, 1, FileOptions.DeleteOnClose));
        }
        catch (IOException exception)
        {
            throw CommandException.BadInput($"Job {job} is already running in another process. Wait for it, or choose another output.", exception);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => file.Dispose();
}
