using StableVideo.Atlas;
using StableVideo.Imaging;
using StableVideo.Onnx;

namespace StableVideo.Editing.Tests;

public class AggregationTests
{
    [Fact]
    public void Gradients_of_the_network_agree_with_finite_differences()
    {
        const int K = 2, V = 5, U = 6;
        var random = new Random(5);
        FloatTensor Noise(params int[] shape)
        {
            var tensor = new FloatTensor(shape);
            for (var i = 0; i < tensor.Length; i++)
                tensor.Data[i] = random.NextSingle() - 0.5f;
            return tensor;
        }

        using var forward = NetworkSession.Open(AggregationGraphs.Forward(K), NetworkOptions.Default);
        using var gradients = NetworkSession.Open(AggregationGraphs.Gradients(K), NetworkOptions.Default);
        var x = Noise(1, AggregationGraphs.Inputs, K, V, U);
        var dy = Noise(1, 3, V, U);
        FloatTensor[] weights = [Noise(AggregationGraphs.Features, AggregationGraphs.Inputs, 3, 3, 3), Noise(AggregationGraphs.Features), Noise(3, AggregationGraphs.Features * K, 3, 3), Noise(3)];
        FloatTensor[] Run() => forward.Run(("x", x), ("w1", weights[0]), ("b1", weights[1]), ("w2", weights[2]), ("b2", weights[3]));
        double Loss() => Run()[0].Data.Zip(dy.Data, (a, b) => (double)a * b).Sum();

        var slopes = gradients.Run(("x", x), ("h", Run()[1]), ("dy", dy), ("w2", weights[2]));
        for (var w = 0; w < weights.Length; w++)
        {
            for (var probe = 0; probe < 12; probe++)
            {
                var i = random.Next(weights[w].Length);
                var value = weights[w].Data[i];
                const float H = 2e-3f;
                weights[w].Data[i] = value + H;
                var above = Loss();
                weights[w].Data[i] = value - H;
                var below = Loss();
                weights[w].Data[i] = value;
                var expected = (above - below) / (2 * H);
                Assert.InRange(slopes[w].Data[i], expected - 0.02 - (0.06 * Math.Abs(expected)), expected + 0.02 + (0.06 * Math.Abs(expected))); // ReLU kinks within H
            }
        }
    }

    [Fact]
    public void Training_lowers_the_loss_where_keyframes_disagree()
    {
        var targets = Targets(shift: 12);
        var start = RobustBlend.Blend([.. targets.Select(t => t.Partial)]);
        var result = AggregationNetwork.Fit(start, targets, 40, (_, _) => { }, TestContext.Current.CancellationToken);
        Assert.True(result.LossAfter < 0.95 * result.LossBefore, $"{result.LossBefore:0.000} before, {result.LossAfter:0.000} after {result.Steps} steps");
        Assert.Equal(result.LossAfter, new AggregationLoss(targets).Value(result.Atlas), 1e-6);
    }

    [Fact]
    public void Without_steps_the_blend_is_kept()
    {
        var targets = Targets(shift: 12);
        var start = RobustBlend.Blend([.. targets.Select(t => t.Partial)]);
        var result = AggregationNetwork.Fit(start, targets, 0, (_, _) => { }, TestContext.Current.CancellationToken);
        Assert.Same(start.Colour, result.Atlas);
        Assert.Equal(result.LossBefore, result.LossAfter);
    }

    [Fact]
    public void The_same_training_gives_the_same_bytes()
    {
        var targets = Targets(shift: 8);
        var start = RobustBlend.Blend([.. targets.Select(t => t.Partial)]);
        var first = AggregationNetwork.Fit(start, targets, 5, (_, _) => { }, TestContext.Current.CancellationToken);
        var second = AggregationNetwork.Fit(start, targets, 5, (_, _) => { }, TestContext.Current.CancellationToken);
        Assert.Equal(first.Atlas.Data, second.Atlas.Data);
    }

    /// <summary>Three keyframes of one picture, seen at different places, each tinted a little differently and slightly displaced.</summary>
    private static List<AggregationTarget> Targets(int shift)
    {
        var targets = new List<AggregationTarget>();
        for (var k = 0; k < 3; k++)
        {
            var tint = k == 2 ? 3 * shift : 0;
            var picture = Pictures.Drawn(48, 40, 3, (x, y, c) => 120 + (50 * MathF.Sin((0.35f * (x + k)) + c)) + (30 * MathF.Cos(0.4f * y)) + (c == 0 ? tint : 0)).ToBytes();
            var alpha = Pictures.Filled(48, 40, 255).ToBytes();
            var uv = Pictures.Drawn(48, 40, 2, (x, y, c) => c == 0 ? x + 2.5f + (1.3f * k) : y + 3.25f);
            var view = new KeyframeView(k, new PixelBox(0, 0, 48, 40), picture, alpha, uv);
            targets.Add(new AggregationTarget(view, picture, KeyframePainter.Scatter(view, picture, 64, 56)));
        }

        return targets;
    }
}
