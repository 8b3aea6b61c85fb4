using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace StableVideo.Storage;

/// <summary>Files that appear whole or not at all: written beside, flushed to the disk, then renamed into place.</summary>
internal static partial class DurableFile
{
    private const int CopyBytes = 128 * 1024;

    /// <summary>A new file for writing at <paramref name="path"/>, which must not exist; on Unix nobody may write it once it is closed.</summary>
    public static FileStream Create(string path)
    {
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, Share = FileShare.None, BufferSize = 0, Options = FileOptions.Asynchronous };
        if (!OperatingSystem.IsWindows())
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.OtherRead;
        return new FileStream(path, options);
    }

    /// <summary>
    /// Copies <paramref name="source"/> to its end into <paramref name="destination"/> and returns the id of what was copied; stops as soon as
    /// it is more than <paramref name="quota"/> can ever allow.
    /// </summary>
    public static async Task<ArtifactId> CopyHashedAsync(Stream source, Stream destination, CancellationToken cancellationToken, StoreQuota? quota = null)
    {
        var copied = 0L;
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var buffer = System.Buffers.ArrayPool<byte>.Shared.Rent(CopyBytes);
        try
        {
            int read;
            while ((read = await source.ReadAsync(buffer.AsMemory(0, CopyBytes), cancellationToken)) > 0)
            {
                quota?.CheckSize(copied += read);
                hash.AppendData(buffer, 0, read);
                await destination.WriteAsync(buffer.AsMemory(0, read), cancellationToken);
            }
        }
        finally
        {
            System.Buffers.ArrayPool<byte>.Shared.Return(buffer);
        }

        return ArtifactId.FromHash(hash.GetHashAndReset());
    }

    /// <summary>Moves a flushed file over <paramref name="destination"/> and makes the new name itself survive a crash.</summary>
    public static void Publish(string temporary, string destination)
    {
        File.Move(temporary, destination, overwrite: true);
        FlushFolder(Path.GetDirectoryName(destination)!);
    }

    /// <summary>Deletes a file durably; <see langword="false"/> if there was none.</summary>
    public static bool Delete(string path)
    {
        if (!File.Exists(path))
            return false;
        File.Delete(path);
        FlushFolder(Path.GetDirectoryName(path)!);
        return true;
    }

    /// <summary>A second name for the same bytes; a copy where the file system has no hard links.</summary>
    public static void LinkOrCopy(string existing, string link)
    {
        var linked = OperatingSystem.IsWindows() ? CreateHardLink(link, existing, IntPtr.Zero) : Link(existing, link) == 0;
        if (!linked)
            File.Copy(existing, link);
    }

    private static void FlushFolder(string folder)
    {
        // Windows journals names by itself and has no folder handles to flush.
        if (OperatingSystem.IsWindows())
            return;
        var handle = Open(folder, 0);
        if (handle < 0)
            return;
        _ = Fsync(handle);
        _ = Close(handle);
    }

    [LibraryImport("libc", EntryPoint = "link", StringMarshalling = StringMarshalling.Utf8, SetLastError = true)]
    private static partial int Link(string existing, string link);

    [LibraryImport("libc", EntryPoint = "open", StringMarshalling = StringMarshalling.Utf8, SetLastError = true)]
    private static partial int Open(string path, int flags);

    [LibraryImport("libc", EntryPoint = "fsync", SetLastError = true)]
    private static partial int Fsync(int handle);

    [LibraryImport("libc", EntryPoint = "close", SetLastError = true)]
    private static partial int Close(int handle);

    [LibraryImport("kernel32", EntryPoint = "CreateHardLinkW", StringMarshalling = StringMarshalling.Utf16, SetLastError = true)]
    [return: MarshalAs(UnmanagedType.Bool)]
    private static partial bool CreateHardLink(string link, string existing, IntPtr reserved);
}
