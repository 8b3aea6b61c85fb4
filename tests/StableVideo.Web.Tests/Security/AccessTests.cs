using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.RegularExpressions;
using StableVideo.Web.Security;

namespace StableVideo.Tests.Web.Security;

public sealed partial class AccessTests(KeyedServer fixture) : IClassFixture<KeyedServer>
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_key_is_made_used_listed_and_revoked()
    {
        using var made = await SendAsync(HttpMethod.Post, "/v1/keys", fixture.Ada, new { name = "render farm", scopes = new[] { "queue:read" } });
        var key = await made.JsonAsync(HttpStatusCode.Created);
        Assert.True(ApiKey.TryParse(key.GetProperty("text").GetString(), out var parsed));
        using (var queue = await SendAsync(HttpMethod.Get, "/v1/queue", parsed))
            Assert.Equal(HttpStatusCode.OK, queue.StatusCode);

        using var listed = await SendAsync(HttpMethod.Get, "/v1/keys", fixture.Ada);
        var text = await listed.Content.ReadAsStringAsync(Cancel);
        Assert.Contains(parsed.Id, text, StringComparison.Ordinal);
        Assert.DoesNotContain(parsed.Secret, text, StringComparison.Ordinal);

        using (var revoked = await SendAsync(HttpMethod.Delete, $"/v1/keys/{parsed.Id}", fixture.Ada))
            Assert.Equal(HttpStatusCode.NoContent, revoked.StatusCode);
        using var refused = await SendAsync(HttpMethod.Get, "/v1/queue", parsed);
        Assert.Equal(HttpStatusCode.Unauthorized, refused.StatusCode);
    }

    [Fact]
    public async Task Nobody_gives_more_than_they_have()
    {
        var keys = await fixture.KeyAsync("ada", Scopes.AdministerKeys);
        using var answer = await SendAsync(HttpMethod.Post, "/v1/keys", keys, new { name = "more", scopes = new[] { "jobs:write" } });

        await answer.ProblemAsync(HttpStatusCode.Forbidden, "missing-scope", "jobs:write");
    }

    [Fact]
    public async Task Secrets_are_not_in_the_store()
    {
        var key = await fixture.KeyAsync("ada", Scopes.ReadQueue);
        await foreach (var name in fixture.Server.Stores.System.ListDocumentsAsync("keys/", Cancel))
        {
            var document = await fixture.Server.Stores.System.ReadDocumentAsync(name, Cancel);
            Assert.DoesNotContain(key.Secret, System.Text.Encoding.UTF8.GetString(document!.Content.Span), StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task A_browser_signs_in_with_a_key_and_is_out_when_it_is_revoked()
    {
        using var handler = new HttpClientHandler { AllowAutoRedirect = false };
        using var browser = new HttpClient(handler) { BaseAddress = fixture.Server.Client.BaseAddress };
        browser.DefaultRequestHeaders.Accept.ParseAdd("text/html");
        using var stranger = await browser.GetAsync("/queue", Cancel);
        Assert.Equal((HttpStatusCode.Redirect, "/login?to=%2Fqueue"), (stranger.StatusCode, stranger.Headers.Location?.OriginalString));

        var key = await fixture.KeyAsync("ada", Scopes.All);
        using var wrong = await LoginAsync(browser, ApiKey.Create().Reveal(), "/queue");
        Assert.Equal(HttpStatusCode.Unauthorized, wrong.StatusCode);
        using var entered = await LoginAsync(browser, key.Reveal(), "/queue");
        Assert.Equal((HttpStatusCode.Redirect, "/queue"), (entered.StatusCode, entered.Headers.Location?.OriginalString));
        var cookie = Assert.Single(entered.Headers.GetValues("Set-Cookie"), value => value.StartsWith("stablevideo=", StringComparison.Ordinal));
        Assert.Contains("httponly", cookie, StringComparison.OrdinalIgnoreCase);
        Assert.Contains("samesite=strict", cookie, StringComparison.OrdinalIgnoreCase);
        using (var page = await browser.GetAsync("/queue", Cancel))
            Assert.Equal(HttpStatusCode.OK, page.StatusCode);

        // Another gateway of the same cluster knows who it is.
        await using (var other = await WebServer.StartAsync(new() { ["Auth:Mode"] = "Keys" }, beside: fixture.Server))
        {
            using var elsewhere = new HttpRequestMessage(HttpMethod.Get, "/queue") { Headers = { { "Cookie", cookie.Split(';')[0] } } };
            using var page = await other.Client.SendAsync(elsewhere, Cancel);
            Assert.Contains("Queue", await page.Content.ReadAsStringAsync(Cancel), StringComparison.Ordinal);
            Assert.DoesNotContain("Sign in", await page.Content.ReadAsStringAsync(Cancel), StringComparison.Ordinal);
        }

        // What the browser adds by itself does not let other sites' pages change anything.
        using var forged = new HttpRequestMessage(HttpMethod.Delete, "/v1/jobs/any") { Headers = { { "Origin", "https://elsewhere.example" } } };
        using (var answer = await browser.SendAsync(forged, Cancel))
            Assert.Equal(HttpStatusCode.Forbidden, answer.StatusCode);

        Assert.True(await fixture.Keys.RevokeAsync(key.Id, cancellationToken: Cancel));
        using var out_ = await browser.GetAsync("/queue", Cancel);
        Assert.Equal(HttpStatusCode.Redirect, out_.StatusCode);
    }

    [Theory]
    [InlineData("/jobs/a?b=c", "/jobs/a?b=c")]
    [InlineData("https://elsewhere.example", "/")]
    [InlineData("//elsewhere.example", "/")]
    [InlineData("/\\elsewhere.example", "/")]
    [InlineData("", "/")]
    [InlineData(null, "/")]
    public void Signing_in_leads_only_to_pages_of_this_server(string? asked, string expected) => Assert.Equal(expected, SignIn.Local(asked));

    [Fact]
    public async Task Pages_tell_browsers_what_they_may_do()
    {
        using var answer = await fixture.Server.Client.GetAsync("/login", Cancel);
        var policy = answer.Headers.GetValues("Content-Security-Policy").Single();
        Assert.Contains("default-src 'self'", policy, StringComparison.Ordinal);
        Assert.DoesNotContain("unsafe-eval", policy, StringComparison.Ordinal);
        Assert.Equal("nosniff", answer.Headers.GetValues("X-Content-Type-Options").Single());
        Assert.DoesNotContain("Server", answer.Headers.Select(header => header.Key));
    }

    [Fact]
    public async Task A_tenant_that_asks_too_much_is_told_to_wait_and_others_are_not()
    {
        await using var server = await WebServer.StartAsync(new() { ["Auth:Mode"] = "Keys", ["Web:RequestsPerSecond"] = "5" });
        var keys = new KeyStore(server.Stores.System, TimeProvider.System);
        var (greedy, _) = await keys.AddAsync("greedy", "test", Scopes.All, cancellationToken: Cancel);
        var (modest, _) = await keys.AddAsync("modest", "test", Scopes.All, cancellationToken: Cancel);
        var answers = await Task.WhenAll(Enumerable.Range(0, 60).Select(_ => StatusAsync(greedy)));

        Assert.Contains(HttpStatusCode.OK, answers);
        Assert.Contains(HttpStatusCode.TooManyRequests, answers);
        Assert.Equal(HttpStatusCode.OK, await StatusAsync(modest));

        async Task<HttpStatusCode> StatusAsync(ApiKey key)
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, "/v1/models") { Headers = { Authorization = new AuthenticationHeaderValue("Bearer", key.Reveal()) } };
            using var answer = await server.Client.SendAsync(request, Cancel);
            return answer.StatusCode;
        }
    }

    private static async Task<HttpResponseMessage> LoginAsync(HttpClient browser, string key, string to)
    {
        var page = await browser.GetStringAsync("/login", Cancel);
        var token = TokenField().Match(page);
        return await browser.PostAsync("/login", new FormUrlEncodedContent([new("key", key), new("to", to), new(token.Groups[1].Value, token.Groups[2].Value)]), Cancel);
    }

    [GeneratedRegex("type=\"hidden\" name=\"(__[^\"]+)\" value=\"([^\"]+)\"")]
    private static partial Regex TokenField();

    private async Task<HttpResponseMessage> SendAsync(HttpMethod method, string path, ApiKey key, object? body = null)
    {
        using var request = new HttpRequestMessage(method, path) { Headers = { Authorization = new AuthenticationHeaderValue("Bearer", key.Reveal()) } };
        if (body is not null)
            request.Content = JsonContent.Create(body);
        return await fixture.Server.Client.SendAsync(request, Cancel);
    }
}
