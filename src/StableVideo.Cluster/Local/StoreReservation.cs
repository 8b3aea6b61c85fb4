namespace StableVideo.Cluster;

/// <summary>Keeps a server and single commands from computing the jobs of one folder at the same time. Held until disposed, or the process ends.</summary>
public sealed class StoreReservation : IDisposable
{
    private readonly FileStream _lock;

    private StoreReservation(FileStream file) => _lock = file;

    /// <summary>Reserves a folder for a server, which takes up all jobs in it.</summary>
    /// <exception cref="StoreServedException">Another process uses the folder.</exception>
    public static StoreReservation Whole(string storeFolder) => Take(storeFolder, FileAccess.ReadWrite, FileShare.None);

    /// <summary>Keeps servers away from a folder in which this process works on single jobs, as others may.</summary>
    /// <exception cref="StoreServedException">A server has the folder.</exception>
    internal static StoreReservation Share(string storeFolder) => Take(storeFolder, FileAccess.Read, FileShare.Read);

    /// <inheritdoc/>
    public void Dispose() => _lock.Dispose();

    private static StoreReservation Take(string storeFolder, FileAccess access, FileShare share)
    {
        var locks = Directory.CreateDirectory(Path.Combine(storeFolder, "locks")).FullName;
        try
        {
            return new StoreReservation(new FileStream(Path.Combine(locks, "reservation.lock"), FileMode.OpenOrCreate, access, share));
        }
        catch (IOException exception)
        {
            throw new StoreServedException(storeFolder, exception);
        }
    }
}

/// <summary>A server uses a store that is wanted for something else, or the other way round.</summary>
public sealed class StoreServedException : Exception
{
    /// <summary>Names the store.</summary>
    public StoreServedException(string folder, Exception? innerException = null)
        : base(
            $"Another process uses the store {folder}: a server started with 'stablevideo up', or an edit. Give the work to the server with --server, stop the other process, or use another store with --store.",
            innerException)
    {
    }
}
