namespace StableVideo.Onnx;

/// <content>Operators that move elements about.</content>
public sealed partial class GraphBuilder
{
    /// <summary>Another shape for the same elements: 0 keeps the dimension at that place, -1 is what is left over.</summary>
    public GraphValue Reshape(GraphValue x, params long[] shape) => Node("Reshape", [x, Integers(shape)]);

    /// <summary>Another shape that is known only at run time.</summary>
    public GraphValue Reshape(GraphValue x, GraphValue shape) => Node("Reshape", [x, shape]);

    /// <summary>The dimensions from <paramref name="start"/> to before <paramref name="end"/> as integers.</summary>
    public GraphValue ShapeOf(GraphValue x, int start, int end) =>
        Node("Shape", [x], GraphAttribute.Of("start", start), GraphAttribute.Of("end", end));

    /// <summary>Reorders dimensions.</summary>
    public GraphValue Transpose(GraphValue x, params long[] order) => Node("Transpose", [x], GraphAttribute.Of("perm", order));

    /// <summary>Joins along a dimension.</summary>
    public GraphValue Concat(int axis, params ReadOnlySpan<GraphValue> values) => Node("Concat", values, GraphAttribute.Of("axis", axis));

    /// <summary>Cuts a dimension into equal parts.</summary>
    public GraphValue[] Split(GraphValue x, int axis, int parts) =>
        Nodes("Split", parts, [x], GraphAttribute.Of("axis", axis), GraphAttribute.Of("num_outputs", parts));

    /// <summary>The part from <paramref name="start"/> to before <paramref name="end"/> along one dimension.</summary>
    public GraphValue Slice(GraphValue x, int axis, long start, long end) => Node("Slice", [x, Integers(start), Integers(end), Integers(axis)]);

    /// <summary>Repeats each pixel of [N,C,H,W] <paramref name="factor"/> times along both sides.</summary>
    public GraphValue UpsampleNearest(GraphValue x, int factor) => Node(
        "Resize",
        [x, default, Constant(new FloatTensor([1, 1, factor, factor], 4))],
        GraphAttribute.Of("mode", "nearest"),
        GraphAttribute.Of("coordinate_transformation_mode", "asymmetric"),
        GraphAttribute.Of("nearest_mode", "floor"));

    /// <summary>Zeros around the two sides of [N,C,H,W].</summary>
    public GraphValue Pad(GraphValue x, int top, int left, int bottom, int right) =>
        Node("Pad", [x, Integers(0, 0, top, left, 0, 0, bottom, right)], GraphAttribute.Of("mode", "constant"));
}
