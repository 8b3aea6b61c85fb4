using System.Security.Cryptography;
using StableVideo.Storage;

namespace StableVideo.Tests.Storage;

/// <summary>What the stores of tenants must do wherever they lie. Derived classes say where.</summary>
public abstract class TenantStoresConformance
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    /// <summary>Stores in which the tenant <c>small</c> may keep 10 000 bytes and nobody else has a limit.</summary>
    private protected abstract ITenantStores Stores { get; }

    private protected static TenantQuotas Quotas => new() { Tenants = { ["small"] = 10_000, ["tight"] = 10_000, ["shared"] = 10_000 } };

    /// <summary>The same tenants, seen from another process.</summary>
    private protected abstract ITenantStores OpenAgain();

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

    [Fact]
    public async Task A_put_over_the_quota_is_refused_and_says_what_is_used_and_allowed()
    {
        var store = Stores.For("small");
        var first = await store.PutBytesAsync(RandomNumberGenerator.GetBytes(6000), Cancel);
        var second = RandomNumberGenerator.GetBytes(4001);

        var failure = await Assert.ThrowsAsync<QuotaExceededException>(() => store.PutBytesAsync(second, Cancel));
        var larger = await Assert.ThrowsAsync<QuotaExceededException>(() => store.PutAsync(new Endless(), Cancel));

        Assert.Equal(("small", 6000, 10_000, 4001), (failure.Tenant, failure.UsedBytes, failure.AllowedBytes, failure.AddedBytes));
        Assert.StartsWith("Tenant 'small' uses 5.9 KiB of the 9.8 KiB it may store, and 3.9 KiB more do not fit.", failure.Message, StringComparison.Ordinal);
        Assert.True(larger.AddedBytes > 10_000);
        Assert.False(await store.ExistsAsync(ArtifactId.Of(second), Cancel));
        Assert.Equal(new TenantUsage(6000, 10_000), await Stores.UsageAsync("small", Cancel));
        Assert.Equal(4000, await Stores.RoomAsync("small", Cancel));
        Assert.Equal([first], await store.ListArtifactsAsync(Cancel).Select(artifact => artifact.Id).ToListAsync(Cancel));
        await store.PutBytesAsync(second.AsMemory(1), Cancel);
        Assert.Equal(10_000, (await Stores.UsageAsync("small", Cancel)).UsedBytes);
        Assert.Equal(0, await Stores.RoomAsync("small", Cancel));
    }

    [Fact]
    public async Task What_is_stored_already_is_not_counted_again()
    {
        var content = RandomNumberGenerator.GetBytes(9000);
        foreach (var stores in new[] { Stores, OpenAgain() })
        {
            await stores.For("tight").PutBytesAsync(content, Cancel);
            await stores.For("tight").PutAsync(new MemoryStream(content), Cancel);
        }

        Assert.Equal(9000, (await Stores.UsageAsync("tight", Cancel)).UsedBytes);
    }

    [Fact]
    public async Task Concurrent_puts_of_two_processes_do_not_pass_the_quota()
    {
        var stores = new[] { Stores.For("shared"), OpenAgain().For("shared") };
        var puts = await Task.WhenAll(Enumerable.Range(0, 24).Select(index => Task.Run(
            async () =>
            {
                try
                {
                    await stores[index % 2].PutBytesAsync(RandomNumberGenerator.GetBytes(900), Cancel);
                    return true;
                }
                catch (QuotaExceededException)
                {
                    return false;
                }
            },
            Cancel)));

        Assert.Equal(11, puts.Count(stored => stored));
        Assert.Equal(9900, await stores[0].ListArtifactsAsync(Cancel).Select(artifact => artifact.Bytes).SumAsync(Cancel));
        Assert.Equal(9900, (await Stores.UsageAsync("shared", Cancel)).UsedBytes);
    }

    [Fact]
    public async Task The_usage_of_a_tenant_without_a_limit_is_known_too()
    {
        await Stores.For("free").PutBytesAsync(RandomNumberGenerator.GetBytes(20_000), Cancel);

        Assert.Equal(new TenantUsage(20_000, null), await Stores.UsageAsync("free", Cancel));
        Assert.Null(await Stores.RoomAsync("free", Cancel));
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

/// <summary>Never ends, so a test that reads it whole never ends either.</summary>
internal sealed class Endless : MemoryStream
{
    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) => ValueTask.FromResult(buffer.Length);
}

public sealed class FolderTenantStoresTests : TenantStoresConformance, IDisposable
{
    private readonly string _root = Path.Combine(Path.GetTempPath(), "stablevideo-tenants-" + Guid.NewGuid().ToString("n"));

    public FolderTenantStoresTests() => Stores = OpenAgain();

    private protected override ITenantStores Stores { get; }

    private protected override ITenantStores OpenAgain() => TenantStores.InFolder(_root, new ArtifactStoreOptions { RenewalAge = TimeSpan.Zero }, Quotas);

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

    private protected override ITenantStores OpenAgain() => OpenAsync().Result;

    public async ValueTask InitializeAsync() => _stores = await OpenAsync();

    public ValueTask DisposeAsync()
    {
        if (Directory.Exists(_temporary))
            Directory.Delete(_temporary, recursive: true);
        return ValueTask.CompletedTask;
    }

    private Task<TenantStores> OpenAsync() =>
        TenantStores.InBlobsAsync(azurite.Container("tenants"), _temporary, new ArtifactStoreOptions { RenewalAge = TimeSpan.Zero }, Quotas);
}
