using System.Buffers.Binary;
using System.Text;
using System.Text.Json;

namespace StableVideo.Onnx;

/// <summary>
/// Reads the index of a .safetensors file: a little-endian 64-bit length, that many bytes of JSON
/// ({"name":{"dtype","shape","data_offsets":[begin,end]},...,"__metadata__":{...}}), then the tensors' bytes.
/// </summary>
internal static class SafetensorsHeader
{
    private const int LengthBytes = 8;

    /// <summary>More than any real model needs; a corrupt length must not allocate gigabytes.</summary>
    private const long MaxHeaderBytes = 100_000_000;

    public static (Dictionary<string, TensorEntry> Entries, Dictionary<string, string> Metadata) Read(Stream stream, string path)
    {
        var fileLength = stream.Length;
        if (fileLength < LengthBytes)
            throw new TensorFileException($"{path} is not a safetensors file: it has only {fileLength} bytes.");
        Span<byte> lengthBytes = stackalloc byte[LengthBytes];
        stream.ReadExactly(lengthBytes);
        var headerLength = BinaryPrimitives.ReadUInt64LittleEndian(lengthBytes);
        if (headerLength > MaxHeaderBytes)
            throw new TensorFileException($"{path} is not a safetensors file: its header would be {headerLength} bytes long.");
        if (LengthBytes + (long)headerLength > fileLength)
            throw new TensorFileException($"{path} is truncated: its header is {headerLength} bytes long but only {fileLength - LengthBytes} follow.");

        var json = new byte[headerLength];
        stream.ReadExactly(json);
        var dataStart = LengthBytes + (long)headerLength;
        try
        {
            using var document = JsonDocument.Parse(json);
            return Parse(document.RootElement, path, dataStart, fileLength - dataStart);
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or FormatException or DecoderFallbackException)
        {
            throw new TensorFileException($"{path} is not a safetensors file: its header is not valid ({e.Message})", e);
        }
    }

    private static (Dictionary<string, TensorEntry> Entries, Dictionary<string, string> Metadata) Parse(
        JsonElement root, string path, long dataStart, long dataLength)
    {
        var entries = new Dictionary<string, TensorEntry>(StringComparer.Ordinal);
        var metadata = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var property in root.EnumerateObject())
        {
            if (property.NameEquals("__metadata__"))
            {
                foreach (var pair in property.Value.EnumerateObject())
                    metadata[pair.Name] = pair.Value.ToString();
                continue;
            }

            if (!entries.TryAdd(property.Name, ParseEntry(property, path, dataStart, dataLength)))
                throw new TensorFileException($"{path} lists tensor '{property.Name}' twice.");
        }

        RequireDisjoint(entries.Values, path);
        return (entries, metadata);
    }

    private static TensorEntry ParseEntry(JsonProperty property, string path, long dataStart, long dataLength)
    {
        var name = property.Name;
        var value = property.Value;
        if (value.ValueKind != JsonValueKind.Object || !value.TryGetProperty("dtype", out var type)
            || !value.TryGetProperty("shape", out var dimensions) || !value.TryGetProperty("data_offsets", out var offsets))
            throw new TensorFileException($"{path}: tensor '{name}' lacks dtype, shape or data_offsets.");

        var element = TensorElements.FromSafetensors(type.GetString());
        if (element == TensorElement.None)
            throw new TensorFileException($"{path}: tensor '{name}' has element type {type}, which is not supported.");

        var shape = new int[dimensions.GetArrayLength()];
        long count = 1;
        for (var i = 0; i < shape.Length; i++)
        {
            if (!dimensions[i].TryGetInt32(out shape[i]) || shape[i] < 0)
                throw new TensorFileException($"{path}: tensor '{name}' has the impossible shape {dimensions}.");
            // The shape may lie; stop before the product can overflow.
            count = count > long.MaxValue / 16 / Math.Max(1, shape[i]) ? long.MaxValue / 16 : count * shape[i];
        }

        if (offsets.GetArrayLength() != 2 || !offsets[0].TryGetInt64(out var begin) || !offsets[1].TryGetInt64(out var end)
            || begin < 0 || end < begin)
            throw new TensorFileException($"{path}: tensor '{name}' has the impossible data_offsets {offsets}.");
        if (end > dataLength)
            throw new TensorFileException($"{path} is truncated: tensor '{name}' ends at byte {end} of the data but only {dataLength} are there.");
        if (end - begin != count * element.ByteSize())
            throw new TensorFileException(
                $"{path}: tensor '{name}' of shape {TensorShape.Describe(shape)} and type {type} does not fill its {end - begin} bytes.");
        return new TensorEntry(name, element, shape, dataStart + begin, end - begin);
    }

    private static void RequireDisjoint(IEnumerable<TensorEntry> entries, string path)
    {
        TensorEntry? previous = null;
        foreach (var entry in entries.Where(e => e.ByteCount > 0).OrderBy(e => e.Offset))
        {
            if (previous is not null && entry.Offset < previous.Offset + previous.ByteCount)
                throw new TensorFileException($"{path}: tensors '{previous.Name}' and '{entry.Name}' overlap.");
            previous = entry;
        }
    }
}
