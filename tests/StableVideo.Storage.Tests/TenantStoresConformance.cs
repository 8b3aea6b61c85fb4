using StableVideo.Storage;

namespace StableVideo.Tests.Storage;

/// <summary>What the stores of tenants must do wherever they lie. Derived classes say where.</summary>
public abstract class TenantStoresConformance
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private protected abstract ITenantStores Stores { get; }

    [Fact]
    public async Task Nothing_of_one_tenant_is_visible_to_another()
    {
        var content = Guid.NewGuid().ToByteArray();
        var id = await Stores.For("acme").PutBytesAsync(content, Cancel);
        await Stores.For("acme").WriteDocumentAsync("stages/one", content, WriteCondition.Any, Cancel);

        foreach (var other in new[] { Stores.For("umbrella"), Stores.For("acme-2"), Stores.For("acm"), Stores.System })
        {
            Assert.False(await other.ExistsAsync(id, Cancel));
            Assert.False(await other.TouchAsync(id, Cancel));
            await Assert.ThrowsAsync<ArtifactNotFoundException>(() => other.OpenReadAsync(id, Cancel));
            Assert.Null(await other.ReadDocumentAsync("stages/one", Cancel));
            Assert.DoesNotContain(id, await other.ListArtifactsAsync(Cancel).Select(artifact => artifact.Id).ToListAsync(Cancel));
            Assert.DoesNotContain("stages/one", await other.ListDocumentsAsync("", Cancel).ToListAsync(Cancel));
        }

        Assert.True(await Stores.For("acme").ExistsAsync(id, Cancel));
    }

    [Fact]
    public async Task The_same_bytes_are_kept_once_within_a_tenant_and_apart_between_tenants()
    {
        var content = Guid.NewGuid().ToByteArray();
        var (one, other) = (Stores.For("one"), Stores.For("other"));
        var id = await one.PutBytesAsync(content, Cancel);
        await one.PutBytesAsync(content, Cancel);
        await other.PutBytesAsync(content, Cancel);

        Assert.Single(await one.ListArtifactsAsync(Cancel).Where(artifact => artifact.Id == id).ToListAsync(Cancel));
        await Task.Delay(2100, Cancel);
        Assert.True(await one.DeleteArtifactAsync(id, DateTimeOffset.UtcNow, Cancel));
        Assert.True(await other.ExistsAsync(id, Cancel));
    }

    [Fact]
    public async Task The_default_tenant_has_the_root()
    {
        var id = await Stores.For("default").PutBytesAsync(Guid.NewGuid().ToByteArray(), Cancel);

        Assert.True(await Stores.System.ExistsAsync(id, Cancel));
        Assert.Same(Stores.System, Stores.For(TenantName.Default));
    }

    [Fact]
    public async Task Tenants_that_stored_something_are_listed()
    {
        await Stores.For("Listed.1").PutBytesAsync("x"u8.ToArray(), Cancel);
        await Stores.For("listed_2").WriteDocumentAsync("a", "x"u8.ToArray(), WriteCondition.Any, Cancel);

        var names = await Stores.ListAsync(Cancel).ToListAsync(Cancel);

        Assert.Equal(names.Distinct(), names);
        Assert.Superset(new HashSet<string> { "default", "Listed.1", "listed_2" }, names.ToHashSet());
    }

    [Theory]
    [InlineData("")]
    [InlineData(".")]
    [InlineData("..")]
    [InlineData("a/b")]
    [InlineData("a\\b")]
    [InlineData("a b")]
    [InlineData("ä")]
    [InlineData("12345678901234567890123456789012345678901234567890123456789012345")]
    public void A_name_of_another_form_is_refused_and_the_form_is_told(string name)
    {
        var failure = Assert.Throws<ArgumentException>(() => Stores.For(name));

        Assert.Contains("1 to 64 ASCII letters", failure.Message, StringComparison.Ordinal);
    }
}

public sealed class FolderTenantStoresTests : TenantStoresConformance, IDisposable
{
    private readonly string _root = Path.Combine(Path.GetTempPath(), "stablevideo-tenants-" + Guid.NewGuid().ToString("n"));

    public FolderTenantStoresTests() => Stores = TenantStores.InFolder(_root, new ArtifactStoreOptions { RenewalAge = TimeSpan.Zero });

    private protected override ITenantStores Stores { get; }

    public void Dispose() => Directory.Delete(_root, recursive: true);

    [Fact]
    public async Task A_folder_from_before_there_were_tenants_belongs_to_the_default_tenant()
    {
        var id = await new FolderArtifactStore(_root).PutBytesAsync("old"u8.ToArray(), TestContext.Current.CancellationToken);

        Assert.True(await Stores.For("default").ExistsAsync(id, TestContext.Current.CancellationToken));
    }
}

public sealed class BlobTenantStoresTests(Azurite azurite) : TenantStoresConformance, IClassFixture<Azurite>, IAsyncLifetime
{
    private readonly string _temporary = Path.Combine(Path.GetTempPath(), "stablevideo-blob-" + Guid.NewGuid().ToString("n"));
    private TenantStores? _stores;

    private protected override ITenantStores Stores => _stores!;

    public async ValueTask InitializeAsync() =>
        _stores = await TenantStores.InBlobsAsync(azurite.Container("tenants"), _temporary, new ArtifactStoreOptions { RenewalAge = TimeSpan.Zero });

    public ValueTask DisposeAsync()
    {
        if (Directory.Exists(_temporary))
            Directory.Delete(_temporary, recursive: true);
        return ValueTask.CompletedTask;
    }
}
