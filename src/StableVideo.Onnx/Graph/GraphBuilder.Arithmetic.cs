namespace StableVideo.Onnx;

/// <content>Element-wise operators and matrix products.</content>
public sealed partial class GraphBuilder
{
    /// <summary>a + b, broadcast.</summary>
    public GraphValue Add(GraphValue a, GraphValue b) => Node("Add", [a, b]);

    /// <summary>a - b, broadcast.</summary>
    public GraphValue Subtract(GraphValue a, GraphValue b) => Node("Sub", [a, b]);

    /// <summary>a * b, broadcast.</summary>
    public GraphValue Multiply(GraphValue a, GraphValue b) => Node("Mul", [a, b]);

    /// <summary>max(x, 0).</summary>
    public GraphValue Relu(GraphValue x) => Node("Relu", [x]);

    /// <summary>1 / (1 + exp(-x)).</summary>
    public GraphValue Sigmoid(GraphValue x) => Node("Sigmoid", [x]);

    /// <summary>x * sigmoid(x): torch's SiLU, as one operator.</summary>
    public GraphValue Silu(GraphValue x) => RuntimeNode("QuickGelu", [x], GraphAttribute.Of("alpha", 1f));

    /// <summary>x * sigmoid(1.702 x): CLIP's quick_gelu.</summary>
    public GraphValue QuickGelu(GraphValue x) => RuntimeNode("QuickGelu", [x], GraphAttribute.Of("alpha", 1.702f));

    /// <summary>x * Phi(x) with the exact normal distribution: torch's GELU.</summary>
    public GraphValue Gelu(GraphValue x) => Node("Gelu", [x]);

    /// <summary>Limits x to low..high.</summary>
    public GraphValue Clip(GraphValue x, float low, float high) => Node("Clip", [x, Scalar(low), Scalar(high)]);

    /// <summary>Batched matrix product.</summary>
    public GraphValue MatMul(GraphValue a, GraphValue b) => Node("MatMul", [a, b]);

    /// <summary>torch's Linear on rows: x [N,I], weight [O,I], bias [O] or none; gives [N,O].</summary>
    public GraphValue Linear(GraphValue x, GraphValue weight, GraphValue bias = default) =>
        bias == default
            ? Node("Gemm", [x, weight], GraphAttribute.Of("transB", 1))
            : Node("Gemm", [x, weight, bias], GraphAttribute.Of("transB", 1));

    /// <summary>Softmax over the last dimension.</summary>
    public GraphValue Softmax(GraphValue x) => Node("Softmax", [x], GraphAttribute.Of("axis", -1));

    /// <summary>Sum over the given dimensions, which become 1 or, without <paramref name="keep"/>, vanish.</summary>
    public GraphValue Sum(GraphValue x, bool keep, params long[] axes) =>
        Node("ReduceSum", [x, Integers(axes)], GraphAttribute.Of("keepdims", keep ? 1 : 0));

    /// <summary>The entries of <paramref name="table"/>'s first dimension that <paramref name="indices"/> (int64) name.</summary>
    public GraphValue Gather(GraphValue table, GraphValue indices) => Node("Gather", [table, indices], GraphAttribute.Of("axis", 0));
}
