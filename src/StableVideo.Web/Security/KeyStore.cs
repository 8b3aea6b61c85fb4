using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text.Json;
using StableVideo.Storage;

namespace StableVideo.Web.Security;

/// <summary>API keys, kept in the store of the system. Safe for any number of processes; a revoked key counts nowhere after <see cref="Freshness"/>.</summary>
/// <param name="store">The store of the system.</param>
/// <param name="clock">Tells the time.</param>
public sealed class KeyStore(IArtifactStore store, TimeProvider clock)
{
    private const string Prefix = "keys/";

    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web);
    private readonly ConcurrentDictionary<string, (KeyRecord? Record, DateTimeOffset ReadAt)> _known = new(StringComparer.Ordinal);

    /// <summary>How long what was read of a key counts: 5 s.</summary>
    public static TimeSpan Freshness { get; } = TimeSpan.FromSeconds(5);

    /// <summary>Makes a key. Its secret is never seen again.</summary>
    /// <param name="tenant">Whose things it opens.</param>
    /// <param name="name">What it is for, in words; 1 to 100 characters.</param>
    /// <param name="scopes">What it allows.</param>
    /// <param name="expiresAt">From when on it counts no more; <see langword="null"/>: never.</param>
    /// <param name="cancellationToken">Stops before the key is kept.</param>
    /// <exception cref="ArgumentException">Tenant or name have the wrong form, or nothing is allowed.</exception>
    public async Task<(ApiKey Key, KeyRecord Record)> AddAsync(
        string tenant, string name, Scopes scopes, DateTimeOffset? expiresAt = null, CancellationToken cancellationToken = default)
    {
        if (name is not { Length: > 0 and <= 100 } || name.Any(char.IsControl))
            throw new ArgumentException("A key's name has 1 to 100 characters, such as 'render farm'.", nameof(name));
        if (scopes == Scopes.None)
            throw new ArgumentException($"A key must allow something. Scopes are {string.Join(", ", ScopeNames.Known)}.", nameof(scopes));
        var key = ApiKey.Create();
        var record = new KeyRecord
        {
            Id = key.Id,
            Name = name,
            Tenant = TenantName.Check(tenant),
            Scopes = ScopeNames.List(scopes),
            SecretHash = key.Hash(),
            CreatedAt = clock.GetUtcNow(),
            ExpiresAt = expiresAt,
        };
        await store.WriteDocumentAsync(Prefix + key.Id, JsonSerializer.SerializeToUtf8Bytes(record, Json), WriteCondition.MustNotExist, cancellationToken);
        return (key, record);
    }

    /// <summary>Who holds a key; <see langword="null"/> when it is unknown, wrong, revoked or expired.</summary>
    /// <exception cref="StoreUnavailableException">It is not known, and can not be found out now.</exception>
    public async Task<Caller?> FindCallerAsync(ApiKey key, CancellationToken cancellationToken = default)
    {
        var record = await FindAsync(key.Id, cancellationToken);
        // Compared even when there is nothing to compare with: how long it takes says nothing.
        var matches = CryptographicOperations.FixedTimeEquals(key.Hash(), record?.SecretHash ?? new byte[SHA256.HashSizeInBytes]);
        return matches && record is not null && record.IsValidAt(clock.GetUtcNow()) ? new Caller(record.Tenant, record.Id, ScopeNames.Parse(record.Scopes)) : null;
    }

    /// <summary>What the holder of a key may do who has proved earlier that they hold it; <see langword="null"/> when it counts no more.</summary>
    internal async Task<Caller?> FindByIdAsync(string id, CancellationToken cancellationToken) =>
        ApiKey.IsId(id) && await FindAsync(id, cancellationToken) is { } record && record.IsValidAt(clock.GetUtcNow()) ? new Caller(record.Tenant, record.Id, ScopeNames.Parse(record.Scopes)) : null;

    /// <summary>All keys, or those of a tenant, in no particular order.</summary>
    public async IAsyncEnumerable<KeyRecord> ListAsync(
        string? tenant = null, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        await foreach (var name in store.ListDocumentsAsync(Prefix, cancellationToken))
        {
            if (await store.ReadDocumentAsync(name, cancellationToken) is { } document && Read(document) is var record && (tenant is null || record.Tenant == tenant))
                yield return record;
        }
    }

    /// <summary>Revokes a key for good; <see langword="false"/> when there is none of that id, or it is another tenant's.</summary>
    public async Task<bool> RevokeAsync(string id, string? tenant = null, CancellationToken cancellationToken = default)
    {
        while (true)
        {
            if (!ApiKey.IsId(id) || await store.ReadDocumentAsync(Prefix + id, cancellationToken) is not { } document)
                return false;
            var record = Read(document);
            if (tenant is not null && record.Tenant != tenant)
                return false;
            try
            {
                var revoked = record with { RevokedAt = record.RevokedAt ?? clock.GetUtcNow() };
                await store.WriteDocumentAsync(document.Name, JsonSerializer.SerializeToUtf8Bytes(revoked, Json), WriteCondition.Matches(document.ETag), cancellationToken);
                _known.TryRemove(id, out _);
                return true;
            }
            catch (PreconditionFailedException)
            {
                // Changed meanwhile: look again.
            }
        }
    }

    private static KeyRecord Read(NamedDocument document) => JsonSerializer.Deserialize<KeyRecord>(document.Content.Span, Json)!;

    private async Task<KeyRecord?> FindAsync(string id, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        if (_known.TryGetValue(id, out var known) && now - known.ReadAt < Freshness)
            return known.Record;
        var record = await store.ReadDocumentAsync(Prefix + id, cancellationToken) is { } document ? Read(document) : null;
        // Ids that do not exist are not remembered: strangers could fill the memory with them.
        if (record is not null)
            _known[id] = (record, now);
        return record;
    }
}
