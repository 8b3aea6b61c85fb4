using Microsoft.Extensions.Time.Testing;
using StableVideo.Storage;

namespace StableVideo.Tests.Storage;

/// <summary>The model that other tests rely on does what a store must do.</summary>
public sealed class MemoryArtifactStoreTests : ArtifactStoreConformance
{
    private readonly FakeTimeProvider _clock = new(DateTimeOffset.UtcNow);

    public MemoryArtifactStoreTests() => Store = new MemoryArtifactStore(new ArtifactStoreOptions { Clock = _clock, RenewalAge = TimeSpan.Zero });

    private protected override IArtifactStore Store { get; }

    private protected override DateTimeOffset Now => _clock.GetUtcNow();

    private protected override Task PassTimeAsync()
    {
        _clock.Advance(TimeSpan.FromMilliseconds(10));
        return Task.CompletedTask;
    }
}
