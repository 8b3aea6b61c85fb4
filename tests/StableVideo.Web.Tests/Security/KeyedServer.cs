using System.Net.Http.Headers;
using Microsoft.Extensions.DependencyInjection;
using StableVideo.Web.Security;

namespace StableVideo.Tests.Web.Security;

/// <summary>A server that asks for keys, and two tenants.</summary>
public sealed class KeyedServer : IAsyncLifetime
{
    private static readonly SemaphoreSlim Turn = new(1, 1);
    private (string Video, string Job)? _job;

    internal WebServer Server { get; private set; } = null!;

    public KeyStore Keys => Server.Services.GetRequiredService<KeyStore>();

    public ApiKey Ada { get; private set; }

    public ApiKey Bob { get; private set; }

    public async ValueTask InitializeAsync()
    {
        Server = await WebServer.StartAsync(new() { ["Auth:Mode"] = "Keys", ["Web:RequestsPerSecond"] = "0" });
        Ada = await KeyAsync("ada", Scopes.All);
        Bob = await KeyAsync("bob", Scopes.All);
    }

    public async Task<ApiKey> KeyAsync(string tenant, Scopes scopes, DateTimeOffset? expiresAt = null) => (await Keys.AddAsync(tenant, "test", scopes, expiresAt)).Key;

    /// <summary>A clip and a finished job of Ada's.</summary>
    public async Task<(string Video, string Job)> AdasJobAsync()
    {
        await Turn.WaitAsync();
        try
        {
            if (_job is { } known)
                return known;
            Server.Client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", Ada.Reveal());
            var video = await Server.UploadClipAsync();
            await Server.RunJobAsync("adas-job", video);
            Server.Client.DefaultRequestHeaders.Authorization = null;
            return (_job = (video, "adas-job")).Value;
        }
        finally
        {
            Turn.Release();
        }
    }

    public ValueTask DisposeAsync() => Server.DisposeAsync();
}
