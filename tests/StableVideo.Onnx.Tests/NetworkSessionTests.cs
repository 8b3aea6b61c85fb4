using System.Diagnostics;

namespace StableVideo.Onnx.Tests;

public sealed class NetworkSessionTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Weights_are_used_in_place_at_any_offset_and_precision()
    {
        var weight = Run.Random(1, 3, 2);
        var path = new SafetensorsWriter()
            .Add<byte>("one byte makes everything after it unaligned", "U8", [1], 1)
            .Add("single", weight)
            .Add<Half>("half", "F16", [3, 2], [.. weight.Data.Select(v => (Half)v)])
            .Write(_folder.File("weights.safetensors"));
        using var file = TensorFile.Open(path);
        Assert.NotEqual(0, file["single"].Offset % 4);
        var x = Run.Random(2, 4, 2);

        var single = Run.Graph((g, v) => g.Linear(v, g.Weight(file, "single")), x);
        var half = Run.Graph((g, v) => g.Linear(v, g.Weight(file, "half")), x);

        for (var i = 0; i < 4; i++)
        {
            for (var o = 0; o < 3; o++)
            {
                var expected = (x.Data[2 * i] * weight.Data[2 * o]) + (x.Data[(2 * i) + 1] * weight.Data[(2 * o) + 1]);
                Assert.Equal(expected, single.Data[(3 * i) + o], 1e-6f);
                Assert.Equal(expected, half.Data[(3 * i) + o], 2e-3f);
            }
        }
    }

    [Fact]
    public void Weights_may_be_reached_through_links_as_download_caches_lay_them_out()
    {
        var blobs = Directory.CreateDirectory(_folder.File("blobs")).FullName;
        var snapshot = Directory.CreateDirectory(_folder.File("snapshot")).FullName;
        new SafetensorsWriter().Add("w", new FloatTensor([3], 1)).Write(Path.Combine(blobs, "0a1b2c"));
        File.CreateSymbolicLink(Path.Combine(snapshot, "model.safetensors"), Path.Combine("..", "blobs", "0a1b2c"));
        var alias = Directory.CreateSymbolicLink(_folder.File("alias"), snapshot).FullName;
        foreach (var folder in new[] { snapshot, alias })
        {
            using var file = TensorFile.Open(Path.Combine(folder, "model.safetensors"));

            var y = Run.Graph((g, v) => g.Multiply(v, g.Weight(file, "w")), new FloatTensor([5], 1));

            Assert.Equal([15f], y.Data);
        }
    }

    [Fact]
    public void The_result_does_not_depend_on_the_number_of_threads()
    {
        var x = Run.Random(3, 2, 16, 48, 40);
        GraphValue Draw(GraphBuilder g, GraphValue v)
        {
            for (var i = 0; i < 3; i++)
            {
                v = g.Convolution(v, g.Constant(Run.Random(i, 16, 16, 3, 3)), g.Constant(Run.Random(9, 16)), 1, 1);
                v = g.Silu(g.GroupNormalization(v, g.Constant(Run.Random(7, 16)), g.Constant(Run.Random(8, 16)), 4, 16, 1e-5f));
            }

            var tokens = g.Transpose(g.Reshape(v, 0, 16, -1), 0, 2, 1);
            return g.Attention(tokens, tokens, tokens, 2);
        }

        var one = Run.Graph(Draw, x, new NetworkOptions { Threads = 1 });
        var three = Run.Graph(Draw, x, new NetworkOptions { Threads = 3 });

        Assert.Equal(one.Data, three.Data);
    }

    [Fact]
    public void The_result_does_not_depend_on_where_the_input_lies_in_memory()
    {
        var graph = new GraphBuilder("sums");
        graph.Output("y", graph.Sum(graph.Input("x", TensorElement.Float32, 3, 1001), false, 1));
        using var session = NetworkSession.Open(graph.Build(), NetworkOptions.Default);
        var x = Run.Random(5, 3, 1001);
        var first = session.Run(("x", x))[0].Data;

        for (var i = 0; i < 50; i++)
        {
            // The array before it moves the next one by a multiple of eight bytes.
            _ = new byte[i * 8];
            Assert.Equal(first, session.Run(("x", x.Clone()))[0].Data);
        }
    }

    [Fact]
    public void Optimising_the_graph_keeps_its_meaning()
    {
        var x = Run.Random(3, 1, 8, 16, 16);
        GraphValue Draw(GraphBuilder g, GraphValue v) =>
            g.Silu(g.Convolution(v, g.Constant(Run.Random(1, 8, 8, 3, 3)), g.Constant(Run.Random(9, 8)), 1, 1));

        var optimized = Run.Graph(Draw, x);
        var plain = Run.Graph(Draw, x, new NetworkOptions { Optimize = false });

        Run.AssertClose(plain.Data, optimized.Data, 1e-5f);
    }

    [Fact]
    public void Faults_become_network_exceptions()
    {
        var graph = new GraphBuilder("adder");
        graph.Output("y", graph.Add(graph.Input("a", TensorElement.Float32, 2), graph.Input("b", TensorElement.Float32, 2)));
        using var session = NetworkSession.Open(graph.Build(), NetworkOptions.Default);

        Assert.Equal(["a", "b"], session.Inputs);
        Assert.Equal([4f, 6f], session.Run(("a", new FloatTensor([1, 2], 2)), ("b", new FloatTensor([3, 4], 2)))[0].Data);
        Assert.Equal(
            "The network was run without its input b.", Assert.Throws<NetworkException>(() => session.Run(("a", new FloatTensor(2)))).Message);
        Assert.Equal(
            "The network has no input c; it takes a, b.",
            Assert.Throws<NetworkException>(() => session.Run(("a", new FloatTensor(2)), ("b", new FloatTensor(2)), ("c", new FloatTensor(2)))).Message);
        Assert.Throws<NetworkException>(() => session.Run(("a", new FloatTensor(2)), ("b", new FloatTensor(3))));
        Assert.Throws<NetworkException>(() => NetworkSession.Open(new NetworkGraph(new byte[] { 1, 2, 3 }, null), NetworkOptions.Default));
    }

    [Fact]
    public async Task A_cancelled_run_ends_before_its_next_operator_and_leaves_the_session_and_its_other_runs_alone()
    {
        const int Width = 256, Turns = 2000;
        using var session = NetworkSession.Open(Turning(Width, Turns), NetworkOptions.Default);
        var row = Run.Random(4, 1, Width);
        float[] turned = [.. row.Data.AsSpan(Turns % Width), .. row.Data.AsSpan(0, Turns % Width)];
        var heavy = new FloatTensor(32768, Width);
        using var cancellation = new CancellationTokenSource();

        // 8 TFLOP: minutes, were it not stopped.
        var run = Task.Run(() => session.Run(cancellation.Token, ("x", heavy)), TestContext.Current.CancellationToken);
        await Task.Delay(300, TestContext.Current.CancellationToken);
        Assert.False(run.IsCompleted);
        Assert.Equal(turned, session.Run(TestContext.Current.CancellationToken, ("x", row))[0].Data);

        var clock = Stopwatch.StartNew();
        await cancellation.CancelAsync();
        var stopped = await Assert.ThrowsAsync<OperationCanceledException>(() => run);

        Assert.True(clock.Elapsed < TimeSpan.FromSeconds(1), $"It took {clock.Elapsed} to stop.");
        Assert.Equal(cancellation.Token, stopped.CancellationToken);
        Assert.Equal(turned, session.Run(TestContext.Current.CancellationToken, ("x", row))[0].Data);
    }

    [Fact]
    public void A_token_outlives_the_runs_it_was_given_to()
    {
        using var session = NetworkSession.Open(Turning(4, 1), NetworkOptions.Default);
        using var cancellation = new CancellationTokenSource();
        Assert.Equal([2f, 3f, 4f, 1f], session.Run(cancellation.Token, ("x", new FloatTensor([1, 2, 3, 4], 1, 4)))[0].Data);
        Assert.Throws<NetworkException>(() => session.Run(cancellation.Token, ("x", new FloatTensor(1, 3))));

        // A registration left behind would touch options that are gone.
        cancellation.Cancel();
        Assert.Throws<OperationCanceledException>(() => session.Run(cancellation.Token, ("x", new FloatTensor(1, 4))));
    }

    [Fact]
    public void Weights_that_vanished_are_reported()
    {
        var path = new SafetensorsWriter().Add("w", Run.Random(1, 64)).Write(_folder.File("w.safetensors"));
        NetworkGraph network;
        using (var file = TensorFile.Open(path))
        {
            var graph = new GraphBuilder("g");
            graph.Output("y", graph.Multiply(graph.Input("x", TensorElement.Float32, 64), graph.Weight(file, "w")));
            network = graph.Build();
        }

        File.Delete(path);

        Assert.Throws<NetworkException>(() => NetworkSession.Open(network, NetworkOptions.Default));
    }

    [Fact]
    public void Weights_of_one_graph_must_share_a_folder()
    {
        using var a = TensorFile.Open(new SafetensorsWriter().Add("w", Run.Random(1, 1)).Write(_folder.File("a.safetensors")));
        var other = Directory.CreateDirectory(_folder.File("other")).FullName;
        using var b = TensorFile.Open(new SafetensorsWriter().Add("w", Run.Random(1, 1)).Write(Path.Combine(other, "b.safetensors")));
        var graph = new GraphBuilder("g");
        graph.Weight(a, "w");

        Assert.Contains("must lie in one folder", Assert.Throws<ArgumentException>(() => graph.Weight(b, "w")).Message, StringComparison.Ordinal);
    }

    /// <summary>x [N,width] to its rows turned left by one, as a matrix product, again and again.</summary>
    private static NetworkGraph Turning(int width, int turns)
    {
        var turn = new FloatTensor(width, width);
        for (var i = 0; i < width; i++)
            turn.Row((i + 1) % width)[i] = 1;
        var graph = new GraphBuilder("turning");
        var matrix = graph.Constant(turn);
        var x = graph.Input("x", TensorElement.Float32, "rows", width);
        for (var i = 0; i < turns; i++)
            x = graph.MatMul(x, matrix);
        graph.Output("y", x);
        return graph.Build();
    }
}
