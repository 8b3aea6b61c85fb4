namespace StableVideo.Tests.Web;

/// <summary>One server for the tests of a class.</summary>
public sealed class ServerFixture : IAsyncLifetime
{
    internal WebServer Server { get; private set; } = null!;

    public async ValueTask InitializeAsync() => Server = await WebServer.StartAsync();

    public ValueTask DisposeAsync() => Server.DisposeAsync();
}
