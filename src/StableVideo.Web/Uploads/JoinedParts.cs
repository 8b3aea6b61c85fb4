using StableVideo.Storage;

namespace StableVideo.Web.Uploads;

/// <summary>The parts of an upload one after another.</summary>
internal sealed class JoinedParts(IArtifactStore store, IReadOnlyList<UploadPart> parts) : Stream
{
    private int _next;
    private Stream? _open;

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
        while (true)
        {
            if (_open is null)
            {
                if (_next == parts.Count)
                    return 0;
                _open = await store.OpenReadAsync(parts[_next++].Artifact, cancellationToken);
            }

            if (await _open.ReadAsync(buffer, cancellationToken) is > 0 and var read)
                return read;
            await _open.DisposeAsync();
            _open = null;
        }
    }

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override void Flush() => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        if (disposing)
            _open?.Dispose();
        base.Dispose(disposing);
    }
}
