using StableVideo.Storage;

namespace StableVideo.Tests.Storage;

public sealed class StoreSettingsTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task One_store_must_be_named_and_no_more()
    {
        Assert.StartsWith("No store", (await RefusalAsync(new StoreSettings())).Message, StringComparison.Ordinal);
        Assert.StartsWith("Several", (await RefusalAsync(new StoreSettings { Folder = "/tmp/x", BlobConnectionString = "UseDevelopmentStorage=true" })).Message, StringComparison.Ordinal);
        Assert.StartsWith("Several", (await RefusalAsync(new StoreSettings { BlobAddress = new Uri("https://a.example.com/c"), BlobConnectionString = "UseDevelopmentStorage=true" })).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("https://account.blob.core.windows.net")]
    [InlineData("container")]
    public async Task An_address_names_a_container(string address) =>
        Assert.Contains("must name a container", (await RefusalAsync(new StoreSettings { BlobAddress = new Uri(address, UriKind.RelativeOrAbsolute) })).Message, StringComparison.Ordinal);

    private static Task<ArgumentException> RefusalAsync(StoreSettings settings) => Assert.ThrowsAsync<ArgumentException>(() => settings.OpenTenantsAsync(Cancel));
}
