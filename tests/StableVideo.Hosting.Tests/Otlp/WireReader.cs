using System.Buffers.Binary;
using System.Text;

namespace StableVideo.Tests.Hosting.Otlp;

/// <summary>Reads the fields of one protobuf message.</summary>
internal sealed class WireReader(ReadOnlyMemory<byte> message)
{
    private int _at;

    /// <summary>Number of the field that was read last.</summary>
    public int Field { get; private set; }

    /// <summary>Value of a field of bytes: a text, a message, or bytes.</summary>
    public ReadOnlyMemory<byte> Bytes { get; private set; }

    /// <summary>Value of a field that is a number.</summary>
    public ulong Number { get; private set; }

    public string Text => Encoding.UTF8.GetString(Bytes.Span);

    public double Double => BitConverter.UInt64BitsToDouble(Number);

    /// <summary>Reads all messages of one field.</summary>
    public static IEnumerable<ReadOnlyMemory<byte>> Messages(ReadOnlyMemory<byte> message, int field)
    {
        var fields = new WireReader(message);
        while (fields.Next())
        {
            if (fields.Field == field)
                yield return fields.Bytes;
        }
    }

    /// <summary>Reads the next field; <see langword="false"/> at the end.</summary>
    public bool Next()
    {
        if (_at == message.Length)
            return false;
        var key = Varint();
        Field = (int)(key >> 3);
        switch (key & 7)
        {
            case 0:
                Number = Varint();
                break;
            case 1:
                Number = BinaryPrimitives.ReadUInt64LittleEndian(Take(8).Span);
                break;
            case 2:
                Bytes = Take((int)Varint());
                break;
            case 5:
                Number = BinaryPrimitives.ReadUInt32LittleEndian(Take(4).Span);
                break;
            default:
                throw new InvalidDataException($"Wire type {key & 7} at {_at}.");
        }

        return true;
    }

    private ReadOnlyMemory<byte> Take(int length) => message.Slice((_at += length) - length, length);

    private ulong Varint()
    {
        var value = 0UL;
        for (var shift = 0; ; shift += 7)
        {
            var unit = message.Span[_at++];
            value |= (ulong)(unit & 127) << shift;
            if (unit < 128)
                return value;
        }
    }
}
