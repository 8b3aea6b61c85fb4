using System.Security.Cryptography;
using StableVideo.Client.Http;

namespace StableVideo.Client;

/// <summary>Clips and masks on a server. Safe for concurrent use.</summary>
public sealed class VideoClient
{
    private readonly Connection _connection;

    internal VideoClient(Connection connection) => _connection = connection;

    /// <summary>Makes sure that a file is on the server. A file that it has is not sent again, and an upload that breaks goes on where it was.</summary>
    /// <param name="path">The file.</param>
    /// <param name="purpose">What it is for.</param>
    /// <param name="progress">Told how much is there, 0..1.</param>
    /// <param name="name">What people will see as its name; <see langword="null"/> for the file's own.</param>
    /// <param name="cancellationToken">Stops; what was sent is kept for a day for another try within this process.</param>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    public async Task<Video> UploadAsync(
        string path, VideoPurpose purpose = VideoPurpose.Clip, IProgress<double>? progress = null, string? name = null, CancellationToken cancellationToken = default)
    {
        await using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, 1 << 16, FileOptions.Asynchronous | FileOptions.SequentialScan);
        var hash = await SHA256.HashDataAsync(file, cancellationToken);
        if (await FindAsync($"sha256-{Convert.ToHexStringLower(hash)}", cancellationToken) is { } known && known.Purpose == purpose)
        {
            progress?.Report(1);
            return known;
        }

        return await new TusUpload(_connection, file, name ?? Path.GetFileName(path), purpose).RunAsync(progress, cancellationToken);
    }

    /// <summary>What is known of a video; <see langword="null"/> when it is not on the server.</summary>
    public async Task<Video?> FindAsync(string id, CancellationToken cancellationToken = default)
    {
        try
        {
            return await _connection.GetAsync(PathOf(id), WireJson.Default.Video, cancellationToken);
        }
        catch (StableVideoException exception) when (exception.Status == 404)
        {
            return null;
        }
    }

    /// <summary>Videos, latest first; pages are asked for as they are needed.</summary>
    public async IAsyncEnumerable<Video> ListAsync(
        VideoPurpose purpose = VideoPurpose.Clip, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        string? after = null;
        do
        {
            var page = await _connection.GetAsync(
                $"v1/videos?purpose={purpose}{(after is null ? "" : $"&after={Uri.EscapeDataString(after)}")}", WireJson.Default.PageVideo, cancellationToken);
            foreach (var video in page.Items)
                yield return video;
            after = page.Next;
        }
        while (after is not null);
    }

    /// <summary>Layers of a clip from the latest job that has solved for them; <see langword="null"/> when none has.</summary>
    public async Task<VideoDecomposition?> FindDecompositionAsync(string id, CancellationToken cancellationToken = default)
    {
        try
        {
            return await _connection.GetAsync($"{PathOf(id)}/decomposition", WireJson.Default.VideoDecomposition, cancellationToken);
        }
        catch (StableVideoException exception) when (exception.Type == "not-decomposed")
        {
            return null;
        }
    }

    private static string PathOf(string id) => $"v1/videos/{Uri.EscapeDataString(id)}";
}
