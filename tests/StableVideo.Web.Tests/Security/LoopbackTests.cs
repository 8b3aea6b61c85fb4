using System.Net;
using StableVideo.Web.Security;

namespace StableVideo.Tests.Web.Security;

public sealed class LoopbackTests(ServerFixture fixture) : IClassFixture<ServerFixture>
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("http://127.0.0.1:8080", true)]
    [InlineData("http://localhost:8080", true)]
    [InlineData("http://[::1]:8080", true)]
    [InlineData("http://127.0.0.2:1", true)]
    [InlineData("http://0.0.0.0:8080", false)]
    [InlineData("http://[::]:8080", false)]
    [InlineData("http://*:8080", false)]
    [InlineData("http://+:8080", false)]
    [InlineData("http://192.168.1.2:8080", false)]
    [InlineData("http://localhost.elsewhere.example:8080", false)]
    public void Only_loopback_addresses_are_loopback(string url, bool expected) => Assert.Equal(expected, LoopbackGuard.IsLoopback(url));

    [Fact]
    public async Task A_server_without_keys_does_not_serve_others()
    {
        var refusal = await Assert.ThrowsAnyAsync<Exception>(() => WebServer.StartAsync(configure: services => { }, settings: new() { ["urls"] = "http://0.0.0.0:0", ["Kestrel:Endpoints:All:Url"] = "http://0.0.0.0:0" }));
        Assert.Contains("Auth:Mode", refusal.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Another_name_for_this_machine_or_a_page_of_another_site_is_refused()
    {
        using var rebound = new HttpRequestMessage(HttpMethod.Get, "/v1/queue") { Headers = { Host = "evil.example" } };
        using (var answer = await fixture.Server.Client.SendAsync(rebound, Cancel))
            await answer.ProblemAsync(HttpStatusCode.Forbidden, "foreign-request", "only the machine it runs on");

        using var forged = new HttpRequestMessage(HttpMethod.Delete, "/v1/jobs/any") { Headers = { { "Origin", "https://evil.example" } } };
        using (var answer = await fixture.Server.Client.SendAsync(forged, Cancel))
            await answer.ProblemAsync(HttpStatusCode.Forbidden, "foreign-request", "another site");

        using var own = new HttpRequestMessage(HttpMethod.Delete, "/v1/jobs/any") { Headers = { { "Origin", fixture.Server.Client.BaseAddress!.GetLeftPart(UriPartial.Authority) } } };
        using (var answer = await fixture.Server.Client.SendAsync(own, Cancel))
            Assert.Equal(HttpStatusCode.NotFound, answer.StatusCode);
    }
}
