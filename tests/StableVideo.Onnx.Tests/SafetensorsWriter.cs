using System.Buffers;
using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;

namespace StableVideo.Onnx.Tests;

/// <summary>Writes .safetensors files for tests, valid ones and, through <see cref="WriteRaw"/>, broken ones.</summary>
internal sealed class SafetensorsWriter
{
    private readonly Dictionary<string, object> _header = [];
    private readonly ArrayBufferWriter<byte> _data = new();

    public SafetensorsWriter Add<T>(string name, string type, int[] shape, params ReadOnlySpan<T> values)
        where T : unmanaged
    {
        var begin = _data.WrittenCount;
        _data.Write(MemoryMarshal.AsBytes(values));
        _header[name] = new { dtype = type, shape, data_offsets = new[] { begin, _data.WrittenCount } };
        return this;
    }

    public SafetensorsWriter Add(string name, FloatTensor tensor) => Add<float>(name, "F32", tensor.Shape, tensor.Data);

    public string Write(string path)
    {
        WriteRaw(path, JsonSerializer.Serialize(_header), _data.WrittenSpan);
        return path;
    }

    public static void WriteRaw(string path, string header, ReadOnlySpan<byte> data)
    {
        using var file = File.Create(path);
        var json = Encoding.UTF8.GetBytes(header);
        Span<byte> length = stackalloc byte[8];
        BinaryPrimitives.WriteInt64LittleEndian(length, json.Length);
        file.Write(length);
        file.Write(json);
        file.Write(data);
    }
}
