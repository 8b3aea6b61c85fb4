using StableVideo.Onnx;

namespace StableVideo.Diffusion.Networks;

/// <summary>The layers that the networks are made of, each given the name of its weights in the checkpoint.</summary>
internal sealed class NetworkLayers(GraphBuilder graph, TensorFile weights)
{
    public GraphBuilder Graph => graph;

    public bool Has(string name) => weights.Contains($"{name}.weight");

    public GraphValue Weight(string tensor) => graph.Weight(weights, tensor);

    /// <summary>Refuses weights that do not fit the configuration; 0 stands for any length.</summary>
    public void RequireShape(string tensor, params int[] shape)
    {
        var actual = weights[tensor].Shape;
        if (actual.Count != shape.Length || actual.Where((length, i) => shape[i] != 0 && shape[i] != length).Any())
        {
            throw new ModelException(
                $"{weights.Path} does not fit its config.json: '{tensor}' is [{string.Join(",", actual)}] " +
                $"but should be [{string.Join(",", shape.Select(length => length == 0 ? "*" : $"{length}"))}].");
        }
    }

    public GraphValue Convolution(GraphValue x, string name, int stride = 1, int padding = 1) =>
        graph.Convolution(x, Weight($"{name}.weight"), Bias(name), stride, padding);

    /// <summary>A stride-2 convolution padded at the bottom and right only, as the autoencoder's encoder has it.</summary>
    public GraphValue HalvingConvolution(GraphValue x, string name) =>
        graph.Convolution(x, Weight($"{name}.weight"), Bias(name), [2, 2], [0, 0, 1, 1]);

    public GraphValue GroupNormalization(GraphValue x, string name, int groups, float epsilon) =>
        graph.GroupNormalization(x, Weight($"{name}.weight"), Weight($"{name}.bias"), groups, weights[$"{name}.weight"].Shape[0], epsilon);

    public GraphValue LayerNormalization(GraphValue x, string name, float epsilon = 1e-5f) =>
        graph.LayerNormalization(x, Weight($"{name}.weight"), Weight($"{name}.bias"), epsilon);

    /// <summary>A linear map on rows [N,I]. The weight may be [O,I] or that of a 1x1 convolution, [O,I,1,1].</summary>
    public GraphValue Linear(GraphValue x, string name)
    {
        var shape = weights[$"{name}.weight"].Shape;
        var weight = Weight($"{name}.weight");
        if (shape.Count > 2)
            weight = graph.Reshape(weight, shape[0], shape[1]);
        return graph.Linear(x, weight, Bias(name));
    }

    /// <summary>diffusers' GEGLU on rows: the two halves of one linear map, the first times GELU of the second.</summary>
    public GraphValue GatedGelu(GraphValue x, string name)
    {
        var rows = weights[$"{name}.weight"].Shape[0];
        return graph.Multiply(Half(0, rows / 2), graph.Gelu(Half(rows / 2, rows)));

        // Two products with half of the weights each save cutting the product in two at every run.
        GraphValue Half(int start, int end) => graph.Linear(
            x, graph.Slice(Weight($"{name}.weight"), 0, start, end), graph.Slice(Weight($"{name}.bias"), 0, start, end));
    }

    private GraphValue Bias(string name) => weights.Contains($"{name}.bias") ? Weight($"{name}.bias") : default;
}
