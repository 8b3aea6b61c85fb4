namespace StableVideo.Onnx;

/// <content>Attention.</content>
public sealed partial class GraphBuilder
{
    /// <summary>
    /// softmax(q k^T / sqrt(d)) v in <paramref name="heads"/> heads: query [B,S,heads*d], key and value [B,L,heads*d]; gives [B,S,heads*d].
    /// The S x L matrix is never held whole.
    /// </summary>
    /// <param name="query">[B,S,heads*d].</param>
    /// <param name="key">[B,L,heads*d].</param>
    /// <param name="value">[B,L,heads*d].</param>
    /// <param name="heads">Number of heads.</param>
    /// <param name="causal">Whether a position sees only itself and those before it.</param>
    public GraphValue Attention(GraphValue query, GraphValue key, GraphValue value, int heads, bool causal = false) => RuntimeNode(
        "MultiHeadAttention",
        [query, key, value],
        GraphAttribute.Of("num_heads", heads),
        GraphAttribute.Of("unidirectional", causal ? 1 : 0));
}
