using System.Net;
using System.Text;

namespace StableVideo.Tests.Web.Api;

/// <summary>Requests that were right once and then damaged: whatever comes, the answer is a good one or says what is wrong, and nothing of this machine is told.</summary>
public sealed class FuzzTests
{
    private const int Requests = 5000;
    private const int AtOnce = 4;

    private static readonly string[] Strange =
    [
        "..", "../../etc/passwd", "%2e%2e%2f", "%00", "\0", "'", "\"", "<script>", "{{7*7}}", "${jndi:x}", "\u202e", "é", "😀", "-1", "0", "1e999", "9223372036854775808", "NaN", "null", "true", "[]",
        "{}", "sha256-", $"sha256-{new string('a', 64)}", new string('A', 3000), " ", "\t", "+", "&", "?", "#", "%", "%zz", ";", "/", "//", "\\", ":", "@", "*",
    ];

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Five_thousand_damaged_requests_get_good_answers_or_problems_and_tell_nothing_of_the_machine()
    {
        await using var server = await WebServer.StartAsync();
        var clip = await server.UploadClipAsync();
        await server.RunJobAsync("seed", clip);
        var upload = await Uploads.Tus.CreateAsync(server.Client, 1000);
        var seeds = Seeds(clip, upload);
        var statuses = new System.Collections.Concurrent.ConcurrentDictionary<int, int>();
        await Parallel.ForEachAsync(
            Enumerable.Range(0, Requests),
            new ParallelOptions { MaxDegreeOfParallelism = AtOnce, CancellationToken = Cancel },
            async (number, cancellationToken) =>
            {
                var random = new Random(number);
                var damaged = Damage(seeds[random.Next(seeds.Length)], random);
                if (damaged.ToRequest(server.Client.BaseAddress!) is not { } request)
                    return;
                using (request)
                {
                    var (status, body) = await SendAsync(server.Client, request, cancellationToken);
                    statuses.AddOrUpdate(status, 1, (_, count) => count + 1);
                    Assert.True(status is (>= 200 and < 500) or 503 or 507, $"Request {number} ({damaged}): {status} {body}\n{server.Log}");
                    foreach (var secret in new[] { server.Folder, Path.GetTempPath(), "   at ", "StableVideo.Web", "Exception", "/src/" })
                        Assert.False(body.Contains(secret, StringComparison.Ordinal), $"Request {number} ({damaged}) tells '{secret}': {body}");
                }
            });

        TestContext.Current.SendDiagnosticMessage($"{statuses.Values.Sum()} requests: {string.Join(", ", statuses.OrderBy(pair => pair.Key).Select(pair => $"{pair.Value} x {pair.Key}"))}");
        Assert.True(statuses.Values.Sum() > Requests * 9 / 10, "Too few could be sent.");
        Assert.Equal("Completed", (await server.GetAsync("/v1/jobs/seed")).GetProperty("state").GetString());
        Assert.True((await server.Client.GetAsync("/readyz", Cancel)).IsSuccessStatusCode);
    }

    private static Shape[] Seeds(string clip, string upload)
    {
        var submission = $$"""{"video":"{{clip}}","maskKind":"None","settings":{"foregroundPrompt":"a red car","steps":20,"keyframes":[0,3],"seed":7,"strength":0.5,"model":"embedded"},"priority":2}""";
        (string, string)[] json = [("Content-Type", "application/json")];
        (string, string)[] tus = [("Tus-Resumable", "1.0.0"), ("Upload-Offset", "0"), ("Content-Type", "application/offset+octet-stream"), ("Upload-Checksum", "sha1 AAAAAAAAAAAAAAAAAAAAAAAAAAA=")];
        return
        [
            new("PUT", "/v1/jobs/fuzz", submission, json),
            new("PUT", "/v1/jobs/fuzz", submission, json),
            new("POST", "/v1/jobs", submission, [.. json, ("Idempotency-Key", "key")]),
            new("GET", "/v1/jobs?limit=20&state=Completed&after=1234-x&video=" + clip, null, []),
            new("GET", "/v1/jobs/seed", null, [("If-None-Match", "W/\"5\"")]),
            new("GET", "/v1/jobs/seed/events?after=3", null, [("Accept", "text/event-stream"), ("Last-Event-ID", "4")]),
            new("GET", "/v1/jobs/seed/artifacts", null, []),
            new("GET", "/v1/jobs/seed/artifacts/video?download=true", null, [("Range", "bytes=100-200"), ("If-Range", "\"x\"")]),
            new("DELETE", "/v1/jobs/fuzz", null, []),
            new("POST", "/v1/jobs/fuzz/retry", null, []),
            new("GET", "/v1/videos?purpose=Mask&limit=3", null, []),
            new("POST", "/v1/videos?purpose=Clip&name=a.mp4", "not a video", [("Content-Type", "video/mp4")]),
            new("GET", $"/v1/videos/{clip}", null, []),
            new("GET", $"/v1/videos/{clip}/content", null, [("Range", "bytes=0-9")]),
            new("GET", $"/v1/videos/{clip}/frames/2?width=64", null, []),
            new("GET", $"/v1/videos/{clip}/decomposition", null, []),
            new("POST", "/v1/uploads", null, [("Tus-Resumable", "1.0.0"), ("Upload-Length", "100"), ("Upload-Metadata", "filename YS5tcDQ=,purpose Q2xpcA==")]),
            new("PATCH", upload, "some bytes", tus),
            new("HEAD", upload, null, tus[..1]),
            new("GET", upload, null, []),
            new("DELETE", upload[..^1] + "0", null, tus[..1]),
            new("OPTIONS", "/v1/uploads", null, []),
            new("GET", "/v1/queue", null, []),
            new("GET", "/v1/models", null, []),
            new("GET", "/v1/openapi.json", null, []),
        ];
    }

    private static Shape Damage(Shape shape, Random random)
    {
        for (var times = random.Next(1, 5); times > 0; times--)
        {
            shape = random.Next(12) switch
            {
                0 => shape with { Path = $"/{Damage(shape.Path[1..], random)}" },
                1 or 2 or 3 when shape.Path.Contains('?', StringComparison.Ordinal) => shape with { Path = shape.Path[..(shape.Path.IndexOf('?', StringComparison.Ordinal) + 1)] + Damage(shape.Path[(shape.Path.IndexOf('?', StringComparison.Ordinal) + 1)..], random) },
                4 or 5 or 6 or 7 when shape.Body is not null => shape with { Body = Damage(shape.Body, random) },
                8 or 9 or 10 when shape.Headers.Length > 0 => shape with { Headers = DamageOne(shape.Headers, random) },
                11 when random.Next(3) == 0 => shape with { Method = new[] { "GET", "PUT", "POST", "DELETE", "PATCH", "HEAD", "OPTIONS", "BREW" }[random.Next(8)] },
                _ when random.Next(3) == 0 && shape.Path.Length > 4 => shape with { Path = $"{shape.Path[..4]}{Damage(shape.Path[4..], random)}" },
                _ => shape,
            };
        }

        return shape;
    }

    private static (string, string)[] DamageOne((string Name, string Value)[] headers, Random random)
    {
        var damaged = headers.ToArray();
        var i = random.Next(damaged.Length);
        damaged[i].Value = random.Next(8) == 0 ? "" : Damage(damaged[i].Value, random);
        return damaged;
    }

    private static string Damage(string text, Random random)
    {
        var at = random.Next(text.Length + 1);
        return random.Next(5) switch
        {
            0 => text[..at],
            1 => text[at..],
            2 => text.Insert(at, Strange[random.Next(Strange.Length)]),
            3 when at < text.Length => text[..at] + (char)(text[at] ^ (1 << random.Next(7))) + text[(at + 1)..],
            _ => text.Remove(at, Math.Min(random.Next(1, 6), text.Length - at)).Insert(at, Strange[random.Next(Strange.Length)]),
        };
    }

    private static async Task<(int Status, string Body)> SendAsync(HttpClient client, HttpRequestMessage request, CancellationToken cancellationToken)
    {
        using var answer = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
        var text = $"{answer.Headers} {answer.Content.Headers}";
        // A stream of events of a job that goes on has no end, and pictures have no words.
        if (answer.Content.Headers.ContentType?.MediaType is "application/json" or "application/problem+json" or "text/plain" or "text/html")
            text += await answer.Content.ReadAsStringAsync(cancellationToken);
        return ((int)answer.StatusCode, text);
    }

    private sealed record Shape(string Method, string Path, string? Body, (string Name, string Value)[] Headers)
    {
        /// <summary>The request; <see langword="null"/> when the client itself refuses to send such a one.</summary>
        public HttpRequestMessage? ToRequest(Uri server)
        {
            if (!Uri.TryCreate(server.GetLeftPart(UriPartial.Authority) + Path, new UriCreationOptions { DangerousDisablePathAndQueryCanonicalization = false }, out var uri))
                return null;
            var content = Body is null ? null : new ByteArrayContent(Encoding.UTF8.GetBytes(Body));
            return uri.Authority == server.Authority
                ? Answers.Request(new HttpMethod(Method), uri.AbsoluteUri, content, [.. Headers.Select(header => (header.Name, Printable(header.Value)))])
                : null;
        }

        private static string Printable(string text) => new([.. text.Where(character => character is >= ' ' and < (char)127)]);
    }
}
