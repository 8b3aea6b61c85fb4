using System.Collections.Concurrent;

namespace StableVideo.Cluster;

/// <summary>
/// Why jobs of this silo could not be written lately. A job that can not write its state starts anew from what was written last, and would otherwise
/// forget to say what it waits for.
/// </summary>
internal sealed class StoreTroubles(TimeProvider clock)
{
    private static readonly TimeSpan Lately = TimeSpan.FromMinutes(2);
    private readonly ConcurrentDictionary<string, (string Words, DateTimeOffset At)> _troubles = new(StringComparer.Ordinal);

    public void Note(string key, string words) => _troubles[key] = (words, clock.GetUtcNow());

    public void Clear(string key) => _troubles.TryRemove(key, out _);

    public string? Of(string key) => _troubles.TryGetValue(key, out var trouble) && clock.GetUtcNow() - trouble.At < Lately ? trouble.Words : null;
}
