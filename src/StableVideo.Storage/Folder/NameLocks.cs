using System.Security.Cryptography;
using System.Text;

namespace StableVideo.Storage;

/// <summary>
/// Locks documents and artifacts of a folder store against all processes on the folder: one lock file for each of 64 groups of names.
/// Lock files are never deleted, so that no two processes can hold locks on different files of one name; a killed process loses its locks at once.
/// Whoever holds one lock takes no second: two names may be of one group.
/// </summary>
internal sealed class NameLocks
{
    private const int Groups = 64;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);
    private readonly SemaphoreSlim[] _inProcess = [.. Enumerable.Range(0, Groups).Select(_ => new SemaphoreSlim(1, 1))];
    private readonly string _folder;

    public NameLocks(string folder)
    {
        _folder = folder;
        Directory.CreateDirectory(folder);
    }

    public async Task<IDisposable> AcquireAsync(string name, CancellationToken cancellationToken)
    {
        var group = SHA256.HashData(Encoding.UTF8.GetBytes(name))[0] % Groups;
        var semaphore = _inProcess[group];
        await semaphore.WaitAsync(cancellationToken);
        try
        {
            return new Held(await LockFileAsync(Path.Combine(_folder, $"{group:x2}.lock"), cancellationToken), semaphore);
        }
        catch
        {
            semaphore.Release();
            throw;
        }
    }

    private static async Task<FileStream> LockFileAsync(string path, CancellationToken cancellationToken)
    {
        var start = System.Diagnostics.Stopwatch.GetTimestamp();
        for (var delay = 1; ; delay = Math.Min(delay * 2, 20))
        {
            try
            {
                return new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None, bufferSize: 1);
            }
            catch (IOException) when (File.Exists(path) && System.Diagnostics.Stopwatch.GetElapsedTime(start) < Patience)
            {
                await Task.Delay(delay, cancellationToken);
            }
            catch (IOException exception) when (File.Exists(path))
            {
                throw new StoreUnavailableException(
                    $"The store folder {Path.GetDirectoryName(Path.GetDirectoryName(path))}",
                    $"is locked: another process has held '{path}' for more than {Patience.TotalSeconds:0} s. Stop it, or wait for it to end",
                    exception);
            }
        }
    }

    private sealed class Held(FileStream file, SemaphoreSlim semaphore) : IDisposable
    {
        public void Dispose()
        {
            file.Dispose();
            semaphore.Release();
        }
    }
}
