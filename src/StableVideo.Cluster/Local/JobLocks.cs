using StableVideo.Storage;

namespace StableVideo.Cluster;

/// <summary>
/// Keeps two processes on one folder from computing the same job: a lock file each, held until this object is disposed or the process ends.
/// </summary>
internal sealed class JobLocks : IDisposable
{
    private readonly Dictionary<string, FileStream> _held = [];
    private readonly string _folder;
    private readonly StoreReservation _reservation;

    /// <exception cref="StoreServedException">A server has the whole folder.</exception>
    public JobLocks(string storeFolder)
    {
        _folder = Directory.CreateDirectory(Path.Combine(storeFolder, "locks", "jobs")).FullName;
        _reservation = StoreReservation.Share(storeFolder);
    }

    /// <exception cref="JobBusyException">Another process holds the lock.</exception>
    public void Take(string jobId)
    {
        lock (_held)
        {
            if (_held.ContainsKey(jobId))
                return;
            try
            {
                _held[jobId] = new FileStream(
                    Path.Combine(_folder, DocumentName.Escape(jobId) + ".lock"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            }
            catch (IOException exception)
            {
                throw new JobBusyException(jobId, exception);
            }
        }
    }

    public void Dispose()
    {
        lock (_held)
        {
            foreach (var file in _held.Values)
                file.Dispose();
            _held.Clear();
        }

        _reservation.Dispose();
    }
}

/// <summary>Another process works on a job of the same store.</summary>
public sealed class JobBusyException : Exception
{
    /// <summary>Names the job.</summary>
    public JobBusyException(string jobId, Exception? innerException = null)
        : base($"Another process works on job '{jobId}' in the same work folder. Wait for it, stop it, or use another work folder.", innerException)
    {
    }
}
