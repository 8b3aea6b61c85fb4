namespace StableVideo.Onnx.Tests;

/// <summary>Runs small graphs and makes reproducible inputs for them.</summary>
internal static class Run
{
    public static FloatTensor Graph(Func<GraphBuilder, GraphValue, GraphValue> draw, FloatTensor input, NetworkOptions? options = null)
    {
        var graph = new GraphBuilder("test");
        var x = graph.Input("x", TensorElement.Float32, Symbols("x", input.Rank));
        var y = draw(graph, x);
        // The output's rank is whatever the operators give.
        graph.Output("y", y);
        using var session = NetworkSession.Open(graph.Build(), options ?? NetworkOptions.Default);
        return session.Run(("x", input))[0];
    }

    public static Dimension[] Symbols(string name, int rank) => [.. Enumerable.Range(0, rank).Select(i => (Dimension)$"{name}{i}")];

    public static FloatTensor Random(int seed, params int[] shape)
    {
        var random = new Random(seed);
        var tensor = new FloatTensor(shape);
        for (var i = 0; i < tensor.Length; i++)
            tensor.Data[i] = (random.NextSingle() * 2) - 1;
        return tensor;
    }

    public static void AssertClose(ReadOnlySpan<float> expected, ReadOnlySpan<float> actual, float tolerance)
    {
        Assert.Equal(expected.Length, actual.Length);
        for (var i = 0; i < expected.Length; i++)
            Assert.True(Math.Abs(expected[i] - actual[i]) <= tolerance, $"Element {i}: expected {expected[i]}, got {actual[i]}.");
    }
}
