namespace StableVideo.Web.Services;

/// <summary>A file that somebody sends, on the local disk until it is kept or refused.</summary>
internal sealed class ReceivedFile : IDisposable
{
    private ReceivedFile(string path) => Path = path;

    public string Path { get; }

    public long Length => new FileInfo(Path).Length;

    /// <summary>Writes down what is sent.</summary>
    /// <param name="content">What is sent.</param>
    /// <param name="largest">Bytes accepted.</param>
    /// <param name="cancellationToken">Stops, and leaves nothing.</param>
    /// <exception cref="ProblemException">It is larger.</exception>
    public static async Task<ReceivedFile> ReadAsync(Stream content, long largest, CancellationToken cancellationToken)
    {
        var file = new ReceivedFile(System.IO.Path.Combine(System.IO.Path.GetTempPath(), $"stablevideo-upload-{Guid.NewGuid():N}"));
        try
        {
            await using var target = new FileStream(file.Path, FileMode.CreateNew, FileAccess.Write, FileShare.None, 0, FileOptions.Asynchronous);
            var buffer = new byte[1 << 17];
            for (int read; (read = await content.ReadAsync(buffer, cancellationToken)) > 0;)
            {
                if (target.Position + read > largest)
                    throw TooLarge(largest);
                await target.WriteAsync(buffer.AsMemory(0, read), cancellationToken);
            }

            return file;
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    public static ProblemException TooLarge(long largest) =>
        new(413, "upload-too-large", "The file is too large", $"At most {largest / (1 << 20)} MiB can be uploaded. Give a shorter or smaller clip.");

    public void Dispose() => File.Delete(Path);
}
