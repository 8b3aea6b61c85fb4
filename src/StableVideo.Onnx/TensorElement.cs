namespace StableVideo.Onnx;

/// <summary>Element types of tensors; the values are those of ONNX's TensorProto.DataType.</summary>
public enum TensorElement
{
    /// <summary>Not set.</summary>
    None = 0,

    /// <summary>32-bit float.</summary>
    Float32 = 1,

    /// <summary>Unsigned byte.</summary>
    UInt8 = 2,

    /// <summary>Signed byte.</summary>
    Int8 = 3,

    /// <summary>Unsigned 16-bit integer.</summary>
    UInt16 = 4,

    /// <summary>Signed 16-bit integer.</summary>
    Int16 = 5,

    /// <summary>Signed 32-bit integer.</summary>
    Int32 = 6,

    /// <summary>Signed 64-bit integer.</summary>
    Int64 = 7,

    /// <summary>One byte, 0 or 1.</summary>
    Bool = 9,

    /// <summary>IEEE half.</summary>
    Float16 = 10,

    /// <summary>64-bit float.</summary>
    Float64 = 11,

    /// <summary>The upper half of a 32-bit float.</summary>
    BFloat16 = 16,
}

/// <summary>Facts about <see cref="TensorElement"/> values.</summary>
internal static class TensorElements
{
    public static int ByteSize(this TensorElement element) => element switch
    {
        TensorElement.UInt8 or TensorElement.Int8 or TensorElement.Bool => 1,
        TensorElement.UInt16 or TensorElement.Int16 or TensorElement.Float16 or TensorElement.BFloat16 => 2,
        TensorElement.Float32 or TensorElement.Int32 => 4,
        TensorElement.Float64 or TensorElement.Int64 => 8,
        _ => throw new ArgumentOutOfRangeException(nameof(element), element, "Unknown tensor element type."),
    };

    /// <summary>The type behind a name in a .safetensors header, or <see cref="TensorElement.None"/> where it is not known.</summary>
    public static TensorElement FromSafetensors(string? name) => name switch
    {
        "F32" => TensorElement.Float32,
        "F16" => TensorElement.Float16,
        "BF16" => TensorElement.BFloat16,
        "F64" => TensorElement.Float64,
        "I64" => TensorElement.Int64,
        "I32" => TensorElement.Int32,
        "I16" => TensorElement.Int16,
        "U16" => TensorElement.UInt16,
        "I8" => TensorElement.Int8,
        "U8" => TensorElement.UInt8,
        "BOOL" => TensorElement.Bool,
        _ => TensorElement.None,
    };
}
