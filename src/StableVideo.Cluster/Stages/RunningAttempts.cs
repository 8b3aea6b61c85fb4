using System.Collections.Concurrent;

namespace StableVideo.Cluster;

/// <summary>The attempts under way on this silo, until their end has been reported. Safe for concurrent use.</summary>
internal sealed class RunningAttempts(ClusterInstruments instruments) : IDisposable
{
    private readonly ConcurrentDictionary<StageTicket, StageAttempt> _attempts = new();
    private readonly SemaphoreSlim _changed = new(0, 1);
    private volatile string? _handBackReason;

    /// <summary>Whether the silo takes no more attempts.</summary>
    public bool IsDraining => _handBackReason is not null;

    public bool IsEmpty => _attempts.IsEmpty;

    /// <summary>Those that hold a slot.</summary>
    public IReadOnlyList<StageTicket> WithSlot => [.. _attempts.Keys.Where(ticket => ticket.Stage != JobStage.Probe)];

    public void Add(StageAttempt attempt)
    {
        _attempts[attempt.Ticket] = attempt;
        instruments.AttemptStarted();
        // Looked at after the attempt was added: either the one who drains sees the attempt, or the attempt sees that the silo drains.
        if (_handBackReason is { } reason)
            attempt.HandBack(reason);
        Signal();
    }

    public void Remove(StageAttempt attempt)
    {
        if (!_attempts.TryRemove(new KeyValuePair<StageTicket, StageAttempt>(attempt.Ticket, attempt)))
            return;
        instruments.AttemptEnded();
        Signal();
    }

    /// <summary>Stops all attempts, and any that is still to come, to be computed elsewhere.</summary>
    public void HandBackAll(string reason)
    {
        _handBackReason = reason;
        foreach (var attempt in _attempts.Values)
            attempt.HandBack(reason);
        Signal();
    }

    /// <summary>Waits until an attempt begins or ends, at most for <paramref name="longest"/>.</summary>
    public Task WaitForChangeAsync(TimeSpan longest, CancellationToken cancellationToken) => _changed.WaitAsync(longest, cancellationToken);

    public void Dispose() => _changed.Dispose();

    private void Signal()
    {
        try
        {
            _changed.Release();
        }
        catch (SemaphoreFullException)
        {
            // A change that nobody has looked at yet covers this one too.
        }
    }
}
