using Microsoft.Extensions.Options;

namespace StableVideo.Cluster;

/// <summary>The heavy slots of one silo, handed out in the order in which they were asked for.</summary>
internal sealed class StageSlots(IOptions<StageOptions> options) : IDisposable
{
    private readonly SemaphoreSlim _free = new(options.Value.HeavySlots);

    public int Count { get; } = options.Value.HeavySlots;

    /// <summary>Waits for a slot, which is free again when the returned object is disposed.</summary>
    public async Task<IDisposable> AcquireAsync(CancellationToken cancellationToken)
    {
        await _free.WaitAsync(cancellationToken);
        return new Slot(_free);
    }

    public void Dispose() => _free.Dispose();

    private sealed class Slot(SemaphoreSlim free) : IDisposable
    {
        private SemaphoreSlim? _free = free;

        public void Dispose() => Interlocked.Exchange(ref _free, null)?.Release();
    }
}
