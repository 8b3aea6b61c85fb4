using System.Runtime.InteropServices;

namespace StableVideo.Atlas.Steps;

/// <summary>Reads what <see cref="PartWriter"/> wrote.</summary>
/// <remarks>All methods throw <see cref="InvalidDataException"/> where the bytes are not of the shape asked for.</remarks>
internal sealed class PartReader(ReadOnlyMemory<byte> bytes)
{
    private int _position;

    public T Number<T>()
        where T : unmanaged
        => MemoryMarshal.Read<T>(Next(Marshal.SizeOf<T>()));

    /// <summary>A number that has to be <paramref name="expected"/>.</summary>
    public void Expect(int expected)
    {
        var found = Number<int>();
        if (found != expected)
            throw new InvalidDataException($"Expected {expected}, found {found}.");
    }

    /// <summary>A number from 0 to below <paramref name="end"/>.</summary>
    public int Index(int end)
    {
        var index = Number<int>();
        return index >= 0 && index < end ? index : throw new InvalidDataException($"Index {index} of {end}.");
    }

    /// <summary>Any number of numbers.</summary>
    public T[] Numbers<T>()
        where T : unmanaged
        => Rest<T>(Number<int>());

    /// <summary>Exactly <paramref name="count"/> numbers.</summary>
    public T[] Numbers<T>(int count)
        where T : unmanaged
    {
        Expect(count);
        return Rest<T>(count);
    }

    public void End()
    {
        if (_position != bytes.Length)
            throw new InvalidDataException($"{bytes.Length - _position} bytes follow the end.");
    }

    private T[] Rest<T>(int count)
        where T : unmanaged
        => MemoryMarshal.Cast<byte, T>(Next((long)count * Marshal.SizeOf<T>())).ToArray();

    private ReadOnlySpan<byte> Next(long length)
    {
        if (length < 0 || length > bytes.Length - _position)
            throw new InvalidDataException("The bytes end too early.");
        _position += (int)length;
        return bytes.Span.Slice(_position - (int)length, (int)length);
    }
}
