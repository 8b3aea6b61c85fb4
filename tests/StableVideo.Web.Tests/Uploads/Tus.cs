using System.Diagnostics;
using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace StableVideo.Tests.Web.Uploads;

/// <summary>Requests of tus 1.0.</summary>
internal static class Tus
{
    public const string Bytes = "application/offset+octet-stream";

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public static async Task<HttpResponseMessage> SendAsync(this HttpClient client, string method, string path, HttpContent? content = null, params (string, string)[] headers)
    {
        using var request = Answers.Request(new HttpMethod(method), path, content, [("Tus-Resumable", "1.0.0"), .. headers]);
        return await client.SendAsync(request, Cancel);
    }

    public static async Task<string> CreateAsync(this HttpClient client, long length, string name = "clip.mp4", string purpose = "Clip")
    {
        using var answer = await client.SendAsync("POST", "/v1/uploads", null, ("Upload-Length", $"{length}"), ("Upload-Metadata", $"filename {Base64(name)},purpose {Base64(purpose)}"));
        Assert.Equal((HttpStatusCode.Created, "1.0.0"), (answer.StatusCode, answer.Headers.GetValues("Tus-Resumable").Single()));
        Assert.True(DateTimeOffset.Parse(answer.Headers.GetValues("Upload-Expires").Single()) > DateTimeOffset.UtcNow);
        return answer.Headers.Location!.ToString();
    }

    public static Task<HttpResponseMessage> PatchAsync(this HttpClient client, string path, long offset, ReadOnlySpan<byte> bytes, params (string, string)[] headers) =>
        client.SendAsync("PATCH", path, Answers.Bytes(bytes, Bytes), [("Upload-Offset", $"{offset}"), .. headers]);

    public static async Task<long> OffsetAsync(this HttpClient client, string path)
    {
        using var answer = await client.SendAsync("HEAD", path);
        Assert.Equal((HttpStatusCode.OK, "no-store"), (answer.StatusCode, answer.Headers.CacheControl?.ToString()));
        return answer.OffsetOf();
    }

    public static long OffsetOf(this HttpResponseMessage answer) => long.Parse(answer.Headers.GetValues("Upload-Offset").Single());

    /// <summary>Where the upload stands once it was looked at.</summary>
    public static async Task<JsonElement> DecidedAsync(this HttpClient client, string path)
    {
        for (var start = Stopwatch.GetTimestamp(); ;)
        {
            using var answer = await client.GetAsync(path, Cancel);
            var upload = await answer.JsonAsync();
            Assert.True(Stopwatch.GetElapsedTime(start) < TimeSpan.FromSeconds(60), $"Not decided in time: {upload}");
            if (upload.GetProperty("state").GetString() is "Ready" or "Refused")
                return upload;
            await Task.Delay(50, Cancel);
        }
    }

    public static string Checksum(ReadOnlySpan<byte> bytes) => $"sha256 {Convert.ToBase64String(SHA256.HashData(bytes))}";

    public static string Base64(string text) => Convert.ToBase64String(Encoding.UTF8.GetBytes(text));
}
