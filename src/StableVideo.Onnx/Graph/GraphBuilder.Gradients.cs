namespace StableVideo.Onnx;

/// <content>
/// What a training step needs besides the forward pass. Gradients are graphs like any other, so training runs wherever inference does.
/// All convolutions here have stride 1.
/// </content>
public sealed partial class GraphBuilder
{
    /// <summary>The gradient by x of relu(x): <paramref name="gradient"/> where the result was positive, otherwise 0.</summary>
    public GraphValue ReluGradient(GraphValue gradient, GraphValue result) => Node("Where", [Node("Greater", [result, Scalar(0)]), gradient, Scalar(0)]);

    /// <summary>The gradient by x of conv2d(x, weight): the output's gradient convolved with the kernels turned by 180 degrees.</summary>
    /// <param name="gradient">By the output, [N,O,H,W].</param>
    /// <param name="weight">[O,I,k,k].</param>
    /// <param name="size">k, odd; the convolution was padded by k/2.</param>
    public GraphValue ConvolutionInputGradient(GraphValue gradient, GraphValue weight, int size) =>
        Convolution(gradient, Flip(Transpose(weight, 1, 0, 2, 3), 2, 3), padding: size / 2);

    /// <summary>The gradient by weight [O,I,k,k] of conv2d(x, weight), summed over the one picture of the batch.</summary>
    /// <param name="x">[1,I,H,W].</param>
    /// <param name="gradient">By the output, [1,O,H,W].</param>
    /// <param name="channels">I.</param>
    /// <param name="outputs">O.</param>
    /// <param name="size">k, odd; the convolution was padded by k/2.</param>
    /// <remarks>
    /// The correlation of every input channel with every output gradient is again a convolution, with one side as a batch of one-channel pictures and the
    /// other as picture-sized kernels. Each picture of the batch is unfolded once, so the side with fewer channels is taken as the batch.
    /// </remarks>
    public GraphValue ConvolutionWeightGradient(GraphValue x, GraphValue gradient, int channels, int outputs, int size)
    {
        var inputs = Transpose(x, 1, 0, 2, 3);
        var errors = Transpose(gradient, 1, 0, 2, 3);
        return channels <= outputs
            ? Transpose(Convolution(inputs, errors, padding: size / 2), 1, 0, 2, 3)
            : Flip(Convolution(errors, inputs, padding: size / 2), 2, 3);
    }

    /// <summary>The gradient by a convolution's bias [O] from that by its output [N,O,H,W].</summary>
    public GraphValue BiasGradient(GraphValue gradient) => Sum(gradient, keep: false, 0, 2, 3);

    /// <summary>Reverses the order along the given dimensions.</summary>
    public GraphValue Flip(GraphValue x, params long[] axes) => Node(
        "Slice",
        [
            x,
            Integers([.. axes.Select(_ => -1L)]),
            Integers([.. axes.Select(_ => long.MinValue)]),
            Integers(axes),
            Integers([.. axes.Select(_ => -1L)]),
        ]);
}
