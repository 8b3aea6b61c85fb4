namespace StableVideo.Web.Uploads;

/// <summary>
/// The next bytes of a request's body as a stream of their own. When the sender is cut off the stream ends, so that what came is kept;
/// <see cref="Interruption"/> then says why.
/// </summary>
internal sealed class PartStream(Stream body, long most, Action<ReadOnlySpan<byte>>? observe, CancellationToken aborted) : Stream
{
    /// <summary>Bytes read so far.</summary>
    public long Count { get; private set; }

    /// <summary>Whether the body has ended, and not only this part.</summary>
    public bool IsLast { get; private set; }

    /// <summary>What cut the sender off.</summary>
    public Exception? Interruption { get; private set; }

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (IsLast || Count == most)
            return 0;
        try
        {
            var read = await body.ReadAsync(buffer[..(int)Math.Min(buffer.Length, most - Count)], aborted);
            observe?.Invoke(buffer.Span[..read]);
            Count += read;
            IsLast = read == 0;
            return read;
        }
        catch (Exception exception) when (exception is IOException or OperationCanceledException)
        {
            (Interruption, IsLast) = (exception, true);
            return 0;
        }
    }

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override void Flush() => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
}
