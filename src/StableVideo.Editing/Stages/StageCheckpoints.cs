using System.Diagnostics;
using StableVideo.Storage;

namespace StableVideo.Editing;

/// <summary>
/// Keeps a stage's last finished step, so that any attempt on any machine goes on behind it. A checkpoint saves time and nothing else: one that can not be
/// read or written is done without.
/// </summary>
/// <param name="context">The stage.</param>
/// <param name="format">Format in which the stage writes its parts.</param>
internal sealed class StageCheckpoints(StageContext context, int format)
{
    /// <summary>Part of what a tenant may still store that a checkpoint may take. Results count more: a job must not fail for want of what its checkpoints took.</summary>
    private const int ShareOfRoom = 16;

    /// <summary>How long a store that failed is left alone: each of its refusals may take seconds.</summary>
    private static readonly TimeSpan PauseAfterFailure = TimeSpan.FromSeconds(30);

    private readonly string _name = $"checkpoints/{context.Key}";
    private long? _failedAt;
    private IReadOnlyDictionary<string, ArtifactId> _kept = new Dictionary<string, ArtifactId>();

    /// <summary>The last checkpoint and the bytes of its parts; <see langword="null"/> when there is none that is whole.</summary>
    public async Task<(StageCheckpoint Checkpoint, IReadOnlyDictionary<string, ReadOnlyMemory<byte>> Parts)?> FindAsync()
    {
        var checkpoint = await context.Results.FindAsync<StageCheckpoint>(_name, found => found.Parts.Values, context.Cancellation);
        if (checkpoint is null || checkpoint.Format != format)
            return null;
        var parts = new Dictionary<string, ReadOnlyMemory<byte>>();
        foreach (var (name, id) in checkpoint.Parts)
        {
            if (await ReadAsync(id) is not { } bytes)
                return null;
            parts[name] = bytes;
        }

        _kept = checkpoint.Parts;
        return (checkpoint, parts);
    }

    /// <summary>Stores the parts that are not in the store yet, then names all of them in place of those before.</summary>
    /// <param name="next">The step to go on with.</param>
    /// <param name="fraction">How much is done, 0..1.</param>
    /// <param name="parts">Names of the parts that the remaining steps need.</param>
    /// <param name="write">Writes a part.</param>
    public async Task KeepAsync(string next, double fraction, IReadOnlyList<string> parts, Action<string, Stream> write)
    {
        if (_failedAt is { } failedAt && Stopwatch.GetElapsedTime(failedAt) < PauseAfterFailure)
            return;
        try
        {
            var kept = new Dictionary<string, ArtifactId>();
            var added = new Dictionary<string, ReadOnlyMemory<byte>>();
            foreach (var part in parts)
            {
                if (_kept.TryGetValue(part, out var id) && await context.Store.TouchAsync(id, context.Cancellation))
                    kept[part] = id;
                else
                    added[part] = BytesOf(part, write);
            }

            if (await context.RoomAsync() / ShareOfRoom < added.Values.Sum(bytes => (long)bytes.Length))
                return;
            foreach (var (part, bytes) in added)
                kept[part] = await context.Store.PutBytesAsync(bytes, context.Cancellation);
            await context.Results.WriteAsync(_name, new StageCheckpoint(format, next, fraction, kept), context.Cancellation);
            _kept = kept;
        }
        catch (Exception e) when (e is StoreUnavailableException or QuotaExceededException)
        {
            // The stage can end all the same; only its loss would cost more.
            _failedAt = Stopwatch.GetTimestamp();
        }
    }

    /// <summary>Lets go of the checkpoint once the stage's result is stored; its parts are collected when their time is over.</summary>
    public async Task DropAsync()
    {
        try
        {
            await context.Results.DeleteAsync(_name, context.Cancellation);
        }
        catch (StoreUnavailableException)
        {
            // It is collected like everything that is not used any more.
        }
    }

    private static ReadOnlyMemory<byte> BytesOf(string part, Action<string, Stream> write)
    {
        using var bytes = new MemoryStream();
        write(part, bytes);
        return bytes.GetBuffer().AsMemory(0, (int)bytes.Length);
    }

    /// <summary>The bytes, unless they are gone or no longer those that were stored.</summary>
    private async Task<ReadOnlyMemory<byte>?> ReadAsync(ArtifactId id)
    {
        try
        {
            await using var stream = await context.Store.OpenReadAsync(id, context.Cancellation);
            using var copy = new MemoryStream();
            await stream.CopyToAsync(copy, context.Cancellation);
            var bytes = copy.GetBuffer().AsMemory(0, (int)copy.Length);
            if (ArtifactId.Of(bytes.Span) != id)
                return null;
            return bytes;
        }
        catch (ArtifactNotFoundException)
        {
            return null;
        }
    }
}
