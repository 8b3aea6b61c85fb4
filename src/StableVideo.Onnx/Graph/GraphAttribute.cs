namespace StableVideo.Onnx;

/// <summary>A named constant of a graph node.</summary>
public sealed class GraphAttribute
{
    private GraphAttribute(string name, object value) => (Name, Value) = (name, value);

    /// <summary>The attribute's ONNX name.</summary>
    public string Name { get; }

    internal object Value { get; }

    /// <summary>An integer attribute.</summary>
    public static GraphAttribute Of(string name, long value) => new(name, value);

    /// <summary>A float attribute.</summary>
    public static GraphAttribute Of(string name, float value) => new(name, value);

    /// <summary>A string attribute.</summary>
    public static GraphAttribute Of(string name, string value) => new(name, value);

    /// <summary>An attribute that is a list of integers.</summary>
    public static GraphAttribute Of(string name, params long[] values) => new(name, values);
}
