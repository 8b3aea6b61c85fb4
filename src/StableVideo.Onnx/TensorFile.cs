using System.IO.MemoryMappedFiles;
using System.Numerics.Tensors;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace StableVideo.Onnx;

/// <summary>
/// A .safetensors file: a checked index of named tensors over a memory-mapped file. Graphs point into it in place
/// (<see cref="GraphBuilder.Weight(TensorFile, string)"/>); <see cref="ReadFloats"/> copies single tensors out.
/// </summary>
public sealed class TensorFile : IDisposable
{
    private readonly MemoryMappedFile _map;
    private readonly MemoryMappedViewAccessor _view;
    private readonly Dictionary<string, TensorEntry> _entries;

    private TensorFile(string path, MemoryMappedFile map, Dictionary<string, TensorEntry> entries, Dictionary<string, string> metadata)
    {
        Path = path;
        _map = map;
        _view = map.CreateViewAccessor(0, 0, MemoryMappedFileAccess.Read);
        _entries = entries;
        Metadata = metadata;
    }

    /// <summary>Full path of the file.</summary>
    public string Path { get; }

    /// <summary>Where the file lies once links are followed: download caches keep weights apart from the folders that name them.</summary>
    internal string RealPath => File.ResolveLinkTarget(Path, returnFinalTarget: true)?.FullName ?? Path;

    /// <summary>All tensors of the file by name.</summary>
    public IReadOnlyDictionary<string, TensorEntry> Entries => _entries;

    /// <summary>The free-form strings of the header.</summary>
    public IReadOnlyDictionary<string, string> Metadata { get; }

    /// <summary>The entry of one tensor.</summary>
    /// <exception cref="TensorFileException">There is no such tensor.</exception>
    public TensorEntry this[string name] =>
        _entries.TryGetValue(name, out var entry) ? entry : throw new TensorFileException($"{Path} has no tensor '{name}'.");

    /// <summary>Opens the file and checks its index: every tensor lies inside the file, fills its bytes exactly and overlaps no other.</summary>
    /// <exception cref="TensorFileException">The file is missing, can not be read, or is not a valid .safetensors file.</exception>
    public static TensorFile Open(string path)
    {
        path = System.IO.Path.GetFullPath(path);
        try
        {
            using var stream = File.OpenRead(path);
            var (entries, metadata) = SafetensorsHeader.Read(stream, path);
            var map = MemoryMappedFile.CreateFromFile(stream, null, 0, MemoryMappedFileAccess.Read, HandleInheritability.None, leaveOpen: true);
            return new TensorFile(path, map, entries, metadata);
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new TensorFileException($"There is no file {path}.", e);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new TensorFileException($"{path} can not be read: {e.Message}", e);
        }
    }

    /// <summary>Whether the file has a tensor of this name.</summary>
    public bool Contains(string name) => _entries.ContainsKey(name);

    /// <summary>Copies a tensor out as floats, whatever number type it is stored as.</summary>
    /// <exception cref="TensorFileException">There is no such tensor.</exception>
    public FloatTensor ReadFloats(string name)
    {
        var entry = this[name];
        var result = new FloatTensor([.. entry.Shape]);
        switch (entry.Element)
        {
            case TensorElement.Float32:
                Copy(entry, MemoryMarshal.AsBytes(result.Span));
                break;
            case TensorElement.Float16:
                TensorPrimitives.ConvertToSingle(Read<Half>(entry), result.Span);
                break;
            case TensorElement.BFloat16:
                var high = Read<ushort>(entry);
                for (var i = 0; i < high.Length; i++)
                    result.Data[i] = BitConverter.UInt32BitsToSingle((uint)high[i] << 16);
                break;
            case TensorElement.Float64:
                TensorPrimitives.ConvertTruncating<double, float>(Read<double>(entry), result.Span);
                break;
            default:
                TensorPrimitives.ConvertTruncating<long, float>(ReadLongs(name).Data, result.Span);
                break;
        }

        return result;
    }

    /// <summary>Copies a tensor of integers out.</summary>
    /// <exception cref="TensorFileException">There is no such tensor, or it is not one of integers.</exception>
    public LongTensor ReadLongs(string name)
    {
        var entry = this[name];
        var data = entry.Element switch
        {
            TensorElement.Int64 => Read<long>(entry),
            TensorElement.Int32 => Widen<int>(entry),
            TensorElement.Int16 => Widen<short>(entry),
            TensorElement.UInt16 => Widen<ushort>(entry),
            TensorElement.Int8 => Widen<sbyte>(entry),
            TensorElement.UInt8 or TensorElement.Bool => Widen<byte>(entry),
            _ => throw new TensorFileException($"{Path}: tensor '{name}' holds {entry.Element}, not integers."),
        };
        return new LongTensor(data, [.. entry.Shape]);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _view.Dispose();
        _map.Dispose();
    }

    private T[] Read<T>(TensorEntry entry)
        where T : unmanaged
    {
        var data = new T[entry.ByteCount / Unsafe.SizeOf<T>()];
        Copy(entry, MemoryMarshal.AsBytes(data.AsSpan()));
        return data;
    }

    private long[] Widen<T>(TensorEntry entry)
        where T : unmanaged, System.Numerics.INumberBase<T>
    {
        var data = new long[entry.ByteCount / Unsafe.SizeOf<T>()];
        TensorPrimitives.ConvertTruncating<T, long>(Read<T>(entry), data);
        return data;
    }

    private void Copy(TensorEntry entry, Span<byte> destination) => _view.SafeMemoryMappedViewHandle.ReadSpan((ulong)entry.Offset, destination);
}
