namespace StableVideo.Onnx;

/// <content>Convolutions.</content>
public sealed partial class GraphBuilder
{
    /// <summary>torch's conv2d: x [N,C,H,W], weight [O,C,k,k].</summary>
    public GraphValue Convolution(GraphValue x, GraphValue weight, GraphValue bias = default, int stride = 1, int padding = 0) =>
        Convolution(x, weight, bias, [stride, stride], [padding, padding, padding, padding]);

    /// <summary>A convolution over any number of dimensions with its own stride each, padded by begin..., end... .</summary>
    public GraphValue Convolution(GraphValue x, GraphValue weight, GraphValue bias, long[] strides, long[] pads) =>
        Node("Conv", WithoutOmitted(x, weight, bias), GraphAttribute.Of("strides", strides), GraphAttribute.Of("pads", pads));

    /// <summary>torch's conv_transpose2d without padding: x [N,C,H,W], weight [C,O,k,k].</summary>
    public GraphValue TransposedConvolution(GraphValue x, GraphValue weight, GraphValue bias, int stride) =>
        Node("ConvTranspose", WithoutOmitted(x, weight, bias), GraphAttribute.Of("strides", stride, stride));

    private static GraphValue[] WithoutOmitted(GraphValue x, GraphValue weight, GraphValue bias) =>
        bias == default ? [x, weight] : [x, weight, bias];
}
