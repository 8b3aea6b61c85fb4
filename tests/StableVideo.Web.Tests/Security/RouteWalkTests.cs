using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using StableVideo.Web.Security;

namespace StableVideo.Tests.Web.Security;

/// <summary>Every route of the real application, asked by everybody who may not use it.</summary>
public sealed class RouteWalkTests(KeyedServer fixture) : IClassFixture<KeyedServer>
{
    /// <summary>What lets everybody in, and why it may.</summary>
    private static readonly string[] Open =
    [
        "/healthz", "/readyz", "/v1/openapi.json", // say nothing of anybody's things
        "/login", "/logout", // how one gets in and out
        "/favicon.ico", "/studio/{version}/{name}", "/_framework/blazor.web.js", // the program itself
        "/_framework/opaque-redirect", // a redirect that the studio made, protected by its own key
    ];

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private List<(string Method, string Path, Scopes Needs)> Routes => [.. fixture.Server.Services.GetRequiredService<IEnumerable<EndpointDataSource>>()
        .SelectMany(source => source.Endpoints).OfType<RouteEndpoint>()
        .Where(endpoint => endpoint.Metadata.GetMetadata<ScopeRequirement>() is not null)
        .SelectMany(endpoint => (endpoint.Metadata.GetMetadata<HttpMethodMetadata>()?.HttpMethods ?? ["GET"]).Select(method =>
            (method, PathOf(endpoint), endpoint.Metadata.GetMetadata<ScopeRequirement>()!.Scopes)))
        .Distinct()];

    [Fact]
    public void Every_route_says_who_may_use_it()
    {
        var silent = fixture.Server.Services.GetRequiredService<IEnumerable<EndpointDataSource>>().SelectMany(source => source.Endpoints).OfType<RouteEndpoint>()
            .Where(endpoint => endpoint.Metadata.GetMetadata<ScopeRequirement>() is null)
            .Where(endpoint => endpoint.Metadata.GetMetadata<HttpMethodMetadata>()?.HttpMethods is not ["OPTIONS"]) // says what the program can do
            .Select(endpoint => "/" + endpoint.RoutePattern.RawText!.TrimStart('/'))
            .Except(Open);

        Assert.Empty(silent);
        Assert.True(Routes.Count >= 30, $"There are only {Routes.Count} routes.");
    }

    [Fact]
    public async Task Nobody_gets_in_without_a_key_that_counts()
    {
        var revoked = await fixture.KeyAsync("ada", Scopes.All);
        Assert.True(await fixture.Keys.RevokeAsync(revoked.Id, cancellationToken: Cancel));
        var expired = await fixture.KeyAsync("ada", Scopes.All, DateTimeOffset.UtcNow - TimeSpan.FromMinutes(1));
        var forged = new ApiKey(fixture.Ada.Id, ApiKey.Create().Secret);
        string?[] keys = [null, "nonsense", ApiKey.Create().Reveal(), forged.Reveal(), revoked.Reveal(), expired.Reveal()];
        foreach (var (method, path, _) in Routes)
        {
            foreach (var key in keys)
            {
                using var answer = await SendAsync(method, path, key);
                Assert.True(answer.StatusCode == HttpStatusCode.Unauthorized, $"{method} {path} with {key}: {(int)answer.StatusCode}");
                Assert.Equal("Bearer", answer.Headers.WwwAuthenticate.ToString());
            }
        }
    }

    [Fact]
    public async Task A_key_without_the_scope_is_told_which_is_missing()
    {
        foreach (var (method, path, needs) in Routes)
        {
            var key = await fixture.KeyAsync("ada", Scopes.All & ~needs);
            using var answer = await SendAsync(method, path, key.Reveal());
            Assert.True(answer.StatusCode == HttpStatusCode.Forbidden, $"{method} {path}: {(int)answer.StatusCode}");
            if (method != "HEAD")
                Assert.Contains(ScopeNames.List(needs)[0], await answer.Content.ReadAsStringAsync(Cancel), StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task What_belongs_to_another_tenant_is_not_there()
    {
        var (video, job) = await fixture.AdasJobAsync();
        using var made = await SendAsync("POST", "/v1/webhooks", fixture.Ada.Reveal(), new { url = "https://example.com/hook" });
        var webhook = (await made.JsonAsync(HttpStatusCode.Created)).GetProperty("webhook").GetProperty("id").GetString()!;
        var bob = fixture.Bob.Reveal();
        foreach (var (method, path, _) in Routes.Where(route => route.Path.Contains("{id}", StringComparison.Ordinal)))
        {
            var own = path.Split('/')[2] switch { "videos" => video, "keys" => fixture.Ada.Id, "webhooks" => webhook, _ => job };
            var filled = path.Replace("{id}", own, StringComparison.Ordinal);
            if (method == "PUT" || filled.StartsWith("/v1/uploads", StringComparison.Ordinal))
                continue;
            using var answer = await SendAsync(method, filled.Replace("{name}", "video", StringComparison.Ordinal), bob, path.EndsWith("/outline", StringComparison.Ordinal) ? new { x = 8, y = 8, width = 40, height = 40 } : null);
            Assert.True(answer.StatusCode == HttpStatusCode.NotFound, $"{method} {filled}: {(int)answer.StatusCode}");
        }

        // Bob's own job under the same id is another job, and can not use Ada's clip.
        using var stolen = await SendAsync("PUT", $"/v1/jobs/{job}", bob, new { video, settings = new { foregroundPrompt = "a red car" } });
        Assert.Equal(HttpStatusCode.NotFound, stolen.StatusCode);
        using var list = await SendAsync("GET", "/v1/jobs", bob);
        Assert.Equal(0, (await list.JsonAsync()).GetProperty("items").GetArrayLength());
        using var keys = await SendAsync("GET", "/v1/keys", bob);
        Assert.DoesNotContain(fixture.Ada.Id, await keys.Content.ReadAsStringAsync(Cancel), StringComparison.Ordinal);
    }

    private static string PathOf(RouteEndpoint endpoint) => "/" + endpoint.RoutePattern.RawText!.TrimStart('/')
        .Replace("{frame:int}", "0", StringComparison.Ordinal)
        .Replace("{Layer}", "foreground", StringComparison.Ordinal)
        .Replace("{VideoId}", "video", StringComparison.Ordinal)
        .Replace("{Id}", "job", StringComparison.Ordinal)
        .Replace("{**path}", "x", StringComparison.Ordinal).TrimEnd('/');

    private async Task<HttpResponseMessage> SendAsync(string method, string path, string? key, object? body = null)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), path);
        if (key is not null)
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", key);
        if (body is not null)
            request.Content = JsonContent.Create(body);
        return await fixture.Server.Client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, Cancel);
    }
}
