namespace StableVideo.Onnx;

/// <summary>
/// torch's conv3d with 3x3x3 kernels, stride 1 and padding 1 over a shallow volume, and its gradients, drawn as two-dimensional convolutions whose channels
/// are (channel, depth) pairs: about twice as fast as ONNX Runtime's three-dimensional kernels on a CPU, for the few slices this is meant for.
/// </summary>
/// <param name="graph">Where to draw.</param>
/// <param name="channels">Input channels C.</param>
/// <param name="features">Output channels F.</param>
/// <param name="depth">Slices K of the volume, the same in input and output.</param>
/// <remarks>
/// Output slice k sees input slice j through tap j - k + 1 of the kernel's depth, so the two-dimensional kernels hold that tap at (k, j), and zeros where
/// there is none. Values are the same numbers in the same order as [1,C,K,V,U], seen as [1,C*K,V,U].
/// </remarks>
public sealed class VolumeConvolution(GraphBuilder graph, int channels, int features, int depth)
{
    private const int Size = 3;

    /// <summary>The convolution.</summary>
    /// <param name="x">[1,C*K,V,U].</param>
    /// <param name="weight">[F,C,3,3,3].</param>
    /// <param name="bias">[F].</param>
    /// <returns>[1,F*K,V,U].</returns>
    public GraphValue Forward(GraphValue x, GraphValue weight, GraphValue bias)
    {
        var biases = graph.Node("Expand", [graph.Reshape(bias, features, 1), graph.Integers(features, depth)]);
        return graph.Convolution(x, Unroll(weight), graph.Reshape(biases, features * depth), padding: Size / 2);
    }

    /// <summary>The gradient by x [1,C*K,V,U] from that by the output [1,F*K,V,U].</summary>
    public GraphValue InputGradient(GraphValue gradient, GraphValue weight) => graph.ConvolutionInputGradient(gradient, Unroll(weight), Size);

    /// <summary>The gradient by weight [F,C,3,3,3].</summary>
    /// <param name="x">[1,C*K,V,U].</param>
    /// <param name="gradient">By the output, [1,F*K,V,U].</param>
    public GraphValue WeightGradient(GraphValue x, GraphValue gradient)
    {
        var unrolled = graph.ConvolutionWeightGradient(x, gradient, channels * depth, features * depth, Size);
        var slices = graph.Split(graph.Reshape(unrolled, features, depth, channels, depth, Size, Size), axis: 1, depth);
        GraphValue sum = default;
        for (var k = 0; k < depth; k++)
        {
            // Taps 0, 1, 2 of output slice k lie at input slices k - 1, k, k + 1; those outside the volume saw only padding.
            var taps = graph.Reshape(slices[k], features, channels, depth, Size, Size);
            var padded = graph.Node("Pad", [taps, graph.Integers(0, 0, 1, 0, 0, 0, 0, 1, 0, 0)]);
            var part = graph.Slice(padded, 2, k, k + Size);
            sum = k == 0 ? part : graph.Add(sum, part);
        }

        return sum;
    }

    /// <summary>The gradient by bias [F].</summary>
    public GraphValue BiasGradient(GraphValue gradient) => graph.Sum(graph.Reshape(gradient, features, -1), keep: false, 1);

    /// <summary>[F,C,3,3,3] to [F*K,C*K,3,3].</summary>
    private GraphValue Unroll(GraphValue weight)
    {
        var margin = depth - 1;
        var padded = graph.Node("Pad", [weight, graph.Integers(0, 0, margin, 0, 0, 0, 0, margin, 0, 0)]);
        var rows = new GraphValue[depth];
        for (var k = 0; k < depth; k++)
        {
            var start = margin + 1 - k;
            rows[k] = graph.Reshape(graph.Slice(padded, 2, start, start + depth), features, 1, channels, depth, Size, Size);
        }

        return graph.Reshape(graph.Concat(1, rows), features * depth, channels * depth, Size, Size);
    }
}
