using System.Runtime.InteropServices;

namespace StableVideo.Atlas.Steps;

/// <summary>Writes numbers bit by bit as they are: what is read back is exactly what was written.</summary>
internal sealed class PartWriter(Stream destination)
{
    public void Number<T>(T value)
        where T : unmanaged
        => destination.Write(MemoryMarshal.AsBytes(new ReadOnlySpan<T>(in value)));

    /// <summary>A length, then the numbers.</summary>
    public void Numbers<T>(ReadOnlySpan<T> values)
        where T : unmanaged
    {
        Number(values.Length);
        destination.Write(MemoryMarshal.AsBytes(values));
    }
}
