namespace StableVideo.Onnx;

/// <summary>A dense int64 tensor in row-major order: token ids and shapes.</summary>
public sealed class LongTensor : ITensor
{
    /// <summary>Wraps <paramref name="data"/> without copying it.</summary>
    /// <exception cref="ArgumentException">The shape does not hold exactly as many elements as the data.</exception>
    public LongTensor(long[] data, params int[] shape)
    {
        TensorShape.RequireCount(data.Length, shape);
        Data = data;
        Shape = shape;
    }

    /// <summary>All elements in row-major order.</summary>
    public long[] Data { get; }

    /// <inheritdoc/>
    public int[] Shape { get; }

    /// <inheritdoc/>
    public override string ToString() => $"int64 {TensorShape.Describe(Shape)}";
}
