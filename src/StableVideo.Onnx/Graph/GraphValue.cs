namespace StableVideo.Onnx;

/// <summary>An edge of a graph under construction. The default value stands for an omitted optional input.</summary>
/// <param name="Name">Unique name inside the graph.</param>
public readonly record struct GraphValue(string Name);

/// <summary>One dimension of a graph input: a fixed length, or a symbol that is bound at run time.</summary>
public readonly record struct Dimension
{
    private Dimension(long length, string? symbol) => (Length, Symbol) = (length, symbol);

    /// <summary>The fixed length; 0 where <see cref="Symbol"/> is set.</summary>
    public long Length { get; }

    /// <summary>Name of a length known only at run time; equal names mean equal lengths.</summary>
    public string? Symbol { get; }

    /// <summary>A fixed length.</summary>
    public static implicit operator Dimension(int length) => new(length, null);

    /// <summary>A length known only at run time.</summary>
    public static implicit operator Dimension(string symbol) => new(0, symbol);

    /// <summary>A fixed length.</summary>
    public static Dimension FromInt32(int length) => length;

    /// <summary>A length known only at run time.</summary>
    public static Dimension FromString(string symbol) => symbol;
}
