namespace StableVideo.Onnx;

/// <summary>Arithmetic on tensor shapes.</summary>
internal static class TensorShape
{
    /// <summary>Product of the dimensions; throws where one is negative or the product does not fit an array.</summary>
    public static int ElementCount(ReadOnlySpan<int> shape)
    {
        long count = 1;
        foreach (var dimension in shape)
        {
            if (dimension < 0)
                throw new ArgumentException($"Tensor shape {Describe(shape)} has a negative dimension.", nameof(shape));
            count *= dimension;
            if (count > Array.MaxLength)
                throw new ArgumentException($"Tensor shape {Describe(shape)} is too large for one array.", nameof(shape));
        }

        return (int)count;
    }

    public static void RequireCount(int length, ReadOnlySpan<int> shape)
    {
        if (ElementCount(shape) != length)
            throw new ArgumentException($"{length} elements do not fill a tensor of shape {Describe(shape)}.", nameof(shape));
    }

    public static string Describe(ReadOnlySpan<int> shape) => $"[{string.Join(",", shape.ToArray())}]";
}
