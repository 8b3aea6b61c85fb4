using System.Net;
using System.Net.Http.Headers;
using System.Security.Cryptography;

namespace StableVideo.Client.Http;

/// <summary>Fetches an artifact into a file.</summary>
internal sealed class Download(Connection connection, JobArtifact artifact)
{
    public async Task ToFileAsync(string path, IProgress<double>? progress, CancellationToken cancellationToken)
    {
        var folder = Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(path))!).FullName;
        var temporary = Path.Combine(folder, $".{Path.GetFileName(path)}.{Guid.NewGuid():N}");
        try
        {
            await using (var file = new FileStream(temporary, FileMode.CreateNew, FileAccess.ReadWrite, FileShare.None, 1 << 16, FileOptions.Asynchronous))
            {
                await FetchAsync(file, progress, cancellationToken);
                file.Position = 0;
                var hash = $"sha256-{Convert.ToHexStringLower(await SHA256.HashDataAsync(file, cancellationToken))}";
                if (artifact.ArtifactId.StartsWith("sha256-", StringComparison.Ordinal) && hash != artifact.ArtifactId)
                    throw new StableVideoException($"'{artifact.Name}' arrived damaged. Fetch it again.");
                file.Flush(flushToDisk: true);
            }

            File.Move(temporary, path, overwrite: true);
        }
        finally
        {
            File.Delete(temporary);
        }
    }

    private async Task FetchAsync(FileStream file, IProgress<double>? progress, CancellationToken cancellationToken)
    {
        for (var attempt = 1; ; attempt++)
        {
            var before = file.Length;
            try
            {
                await FetchOnceAsync(file, progress, cancellationToken);
                return;
            }
            catch (Exception exception) when (exception is not StableVideoException && Connection.IsSilence(exception, cancellationToken))
            {
                if (file.Length > before)
                    attempt = 1;
                else if (attempt >= connection.Options.Tries)
                    throw connection.Unreachable(exception);
                await connection.PauseAsync(attempt, null, cancellationToken);
            }
        }
    }

    private async Task FetchOnceAsync(FileStream file, IProgress<double>? progress, CancellationToken cancellationToken)
    {
        using var answer = await connection.SendAsync(Request, cancellationToken);
        if (answer.StatusCode != HttpStatusCode.PartialContent)
            file.SetLength(0);
        file.Position = file.Length;
        var total = file.Length + answer.Content.Headers.ContentLength;
        await using var content = new ImpatientStream(await answer.Content.ReadAsStreamAsync(cancellationToken), connection.Options.AnswerPatience);
        var buffer = new byte[1 << 17];
        for (int read; (read = await content.ReadAsync(buffer, cancellationToken)) > 0;)
        {
            await file.WriteAsync(buffer.AsMemory(0, read), cancellationToken);
            if (total > 0)
                progress?.Report((double)file.Length / total.Value);
        }

        if (file.Length < total)
            throw new IOException("The answer ended early.");

        HttpRequestMessage Request()
        {
            var request = new HttpRequestMessage(HttpMethod.Get, artifact.Href.TrimStart('/'));
            if (file.Length > 0)
            {
                request.Headers.Range = new RangeHeaderValue(file.Length, null);
                request.Headers.IfRange = new RangeConditionHeaderValue(new EntityTagHeaderValue($"\"{artifact.ArtifactId}\""));
            }

            return request;
        }
    }
}
