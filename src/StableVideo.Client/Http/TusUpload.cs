using System.Globalization;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;

namespace StableVideo.Client.Http;

/// <summary>Sends a file by tus 1.0: in chunks with checksums, each sent again from where the server is when it did not arrive.</summary>
internal sealed class TusUpload(Connection connection, Stream file, string name, VideoPurpose purpose)
{
    private static readonly TimeSpan InspectionPause = TimeSpan.FromMilliseconds(250);

    public async Task<Video> RunAsync(IProgress<double>? progress, CancellationToken cancellationToken)
    {
        var address = await CreateAsync(cancellationToken);
        var buffer = new byte[(int)Math.Min(connection.Options.ChunkBytes, Math.Max(1, file.Length))];
        var offset = 0L;
        var failures = 0;
        while (offset < file.Length)
        {
            file.Position = offset;
            var chunk = buffer.AsMemory(0, await file.ReadAtLeastAsync(buffer, buffer.Length, throwOnEndOfStream: false, cancellationToken));
            try
            {
                using var answer = await connection.SendOnceAsync(Patch(address, offset, chunk), cancellationToken);
                (offset, failures) = (OffsetOf(answer), 0);
            }
            catch (StableVideoException exception) when (++failures < connection.Options.Tries && (Connection.IsPassing(exception) || exception.Status is 409 or 423 or 460))
            {
                await connection.PauseAsync(failures, exception.RetryAfter, cancellationToken);
                using var answer = await connection.SendAsync(() => Tus(new HttpRequestMessage(HttpMethod.Head, address)), cancellationToken);
                offset = OffsetOf(answer);
            }

            progress?.Report((double)offset / file.Length);
        }

        return await InspectedAsync(address, cancellationToken);
    }

    private static HttpRequestMessage Tus(HttpRequestMessage request)
    {
        request.Headers.Add("Tus-Resumable", "1.0.0");
        return request;
    }

    private static HttpRequestMessage Patch(string address, long offset, ReadOnlyMemory<byte> chunk)
    {
        var request = Tus(new HttpRequestMessage(HttpMethod.Patch, address) { Content = new ReadOnlyMemoryContent(chunk) });
        request.Content!.Headers.ContentType = new MediaTypeHeaderValue("application/offset+octet-stream");
        request.Headers.Add("Upload-Offset", offset.ToString(CultureInfo.InvariantCulture));
        request.Headers.Add("Upload-Checksum", $"sha256 {Convert.ToBase64String(SHA256.HashData(chunk.Span))}");
        return request;
    }

    private static long OffsetOf(HttpResponseMessage answer) =>
        answer.Headers.TryGetValues("Upload-Offset", out var values) && long.TryParse(values.First(), CultureInfo.InvariantCulture, out var offset)
            ? offset
            : throw new StableVideoException("The server does not say how much of the upload it has. Check the address.");

    private async Task<string> CreateAsync(CancellationToken cancellationToken)
    {
        var metadata = $"filename {Convert.ToBase64String(Encoding.UTF8.GetBytes(name))},purpose {Convert.ToBase64String(Encoding.UTF8.GetBytes(purpose.ToString()))}";
        // An upload that was made twice because an answer was lost costs nothing: the empty one expires.
        using var answer = await connection.SendAsync(
            () =>
            {
                var request = Tus(new HttpRequestMessage(HttpMethod.Post, "v1/uploads"));
                request.Headers.Add("Upload-Length", file.Length.ToString(CultureInfo.InvariantCulture));
                request.Headers.Add("Upload-Metadata", metadata);
                return request;
            },
            cancellationToken);
        return answer.Headers.Location?.OriginalString.TrimStart('/') ?? throw new StableVideoException("The server does not say where to send the file. Check the address.");
    }

    private async Task<Video> InspectedAsync(string address, CancellationToken cancellationToken)
    {
        while (true)
        {
            var upload = await connection.GetAsync(address, WireJson.Default.Upload, cancellationToken);
            switch (upload)
            {
                case { State: UploadState.Ready, Video: { } video }:
                    return video;
                case { State: UploadState.Refused }:
                    throw new StableVideoException(upload.Error ?? "The file was refused.") { Status = 422, Type = "unreadable-media" };
                default:
                    await Task.Delay(InspectionPause, cancellationToken);
                    break;
            }
        }
    }
}
