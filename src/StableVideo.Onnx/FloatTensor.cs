namespace StableVideo.Onnx;

/// <summary>A dense float32 tensor in row-major order; pictures and latents are [N,C,H,W].</summary>
public sealed class FloatTensor : ITensor
{
    /// <summary>A tensor of zeros.</summary>
    /// <param name="shape">Lengths of the dimensions, none negative. No dimensions make a scalar.</param>
    public FloatTensor(params int[] shape)
        : this(new float[TensorShape.ElementCount(shape)], shape)
    {
    }

    /// <summary>Wraps <paramref name="data"/> without copying it.</summary>
    /// <exception cref="ArgumentException">The shape does not hold exactly as many elements as the data.</exception>
    public FloatTensor(float[] data, params int[] shape)
    {
        TensorShape.RequireCount(data.Length, shape);
        Data = data;
        Shape = shape;
    }

    /// <summary>All elements in row-major order.</summary>
    public float[] Data { get; }

    /// <inheritdoc/>
    public int[] Shape { get; }

    /// <summary>Number of elements.</summary>
    public int Length => Data.Length;

    /// <summary>Number of dimensions.</summary>
    public int Rank => Shape.Length;

    /// <summary>The elements as a span.</summary>
    public Span<float> Span => Data;

    /// <summary>The elements of one entry of the first dimension, e.g. one picture of a batch.</summary>
    public Span<float> Row(int index)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(index);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(index, Shape[0]);
        var length = Data.Length / Shape[0];
        return Data.AsSpan(index * length, length);
    }

    /// <summary>The same elements under another shape; the data is shared.</summary>
    public FloatTensor Reshape(params int[] shape) => new(Data, shape);

    /// <summary>A copy that shares nothing.</summary>
    public FloatTensor Clone() => new(Data.AsSpan().ToArray(), [.. Shape]);

    /// <summary>Joins tensors along the first dimension; all other dimensions must agree.</summary>
    /// <exception cref="ArgumentException">No tensors, or dimensions that differ.</exception>
    public static FloatTensor Concat(params ReadOnlySpan<FloatTensor> tensors)
    {
        if (tensors.IsEmpty)
            throw new ArgumentException("Concat needs at least one tensor.", nameof(tensors));
        var inner = tensors[0].Shape.AsSpan(1);
        var rows = 0;
        foreach (var tensor in tensors)
        {
            if (!tensor.Shape.AsSpan(1).SequenceEqual(inner))
                throw new ArgumentException($"Cannot join {tensors[0]} and {tensor}: all but the first dimension must agree.", nameof(tensors));
            rows += tensor.Shape[0];
        }

        var result = new FloatTensor([rows, .. inner]);
        var offset = 0;
        foreach (var tensor in tensors)
        {
            tensor.Data.CopyTo(result.Data, offset);
            offset += tensor.Length;
        }

        return result;
    }

    /// <inheritdoc/>
    public override string ToString() => $"float {TensorShape.Describe(Shape)}";
}
