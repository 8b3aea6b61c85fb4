namespace StableVideo.Onnx;

/// <summary>A .safetensors file: an index of named tensors over a memory-mapped file.</summary>
public sealed class TensorFile : IDisposable
{
    /// <summary>Opens and checks the file's index.</summary>
    /// <exception cref="TensorFileException">Not a valid .safetensors file.</exception>
    public static TensorFile Open(string path) => throw new NotSupportedException();

    /// <summary>Reads F32, F16, BF16, F64 or integer elements as floats.</summary>
    public FloatTensor ReadFloats(string name) => throw new NotSupportedException();

    /// <summary>Reads integer elements.</summary>
    public LongTensor ReadLongs(string name) => throw new NotSupportedException();

    /// <inheritdoc/>
    public void Dispose()
    {
    }
}
