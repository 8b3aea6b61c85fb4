using System.Net;
using System.Net.Http.Headers;

namespace StableVideo.Tests.Hosting;

/// <summary>The inside of Orleans is shown to operators and nobody else.</summary>
public sealed class OperatorTests
{
    [Fact]
    public async Task The_dashboard_of_Orleans_is_for_operators()
    {
        await using var deployment = await Deployment.StartAsync("--Auth:Mode=Keys", "--Dashboard:Enabled=true");
        var tenant = await deployment.MakeKeyAsync("queue:read");
        var op = await deployment.MakeKeyAsync("cluster:operate");

        Assert.Equal(HttpStatusCode.Unauthorized, await AskAsync(deployment, "operations/orleans/", null));
        Assert.Equal(HttpStatusCode.Forbidden, await AskAsync(deployment, "operations/orleans/", tenant));
        Assert.Equal(HttpStatusCode.Forbidden, await AskAsync(deployment, "operations/orleans/DashboardCounters", tenant));
        Assert.Equal(HttpStatusCode.OK, await AskAsync(deployment, "operations/orleans/", op));
        Assert.Equal(HttpStatusCode.OK, await AskAsync(deployment, "operations/orleans/DashboardCounters", op));
        Assert.Equal(HttpStatusCode.Forbidden, await AskAsync(deployment, "v1/jobs", op));
    }

    private static async Task<HttpStatusCode> AskAsync(Deployment deployment, string path, string? key)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(deployment.Client.Server, path));
        request.Headers.Authorization = key is null ? null : new AuthenticationHeaderValue("Bearer", key);
        using var answer = await deployment.Http.SendAsync(request, TestContext.Current.CancellationToken);
        return answer.StatusCode;
    }
}
