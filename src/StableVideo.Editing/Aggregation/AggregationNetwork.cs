using StableVideo.Atlas;
using StableVideo.Imaging;
using StableVideo.Onnx;

namespace StableVideo.Editing;

/// <summary>
/// The aggregation network of section 3.4: a small 3D CNN over (keyframe, v, u) with a residual connection, trained for this job on
/// <see cref="AggregationLoss"/>. It starts as the identity and is kept only if it lowers the loss.
/// </summary>
internal sealed class AggregationNetwork : IDisposable
{
    private const int LargestWindow = 256 * 1024; // voxels per keyframe that training looks at
    private const float Rate = 0.002f;             // moves the atlas by about one grey level a step, in the end a tenth of it
    private const int Patience = 12;               // steps without progress before training stops
    private const double LeastProgress = 0.001;    // share of the loss
    private readonly NetworkSession _forward;
    private readonly NetworkSession _gradients;
    private readonly FloatTensor _w1;
    private readonly FloatTensor _b1;
    private readonly FloatTensor _w2;
    private readonly FloatTensor _b2;

    private AggregationNetwork(int keyframes)
    {
        _forward = NetworkSession.Open(AggregationGraphs.Forward(keyframes), NetworkOptions.Default);
        _gradients = NetworkSession.Open(AggregationGraphs.Gradients(keyframes), NetworkOptions.Default);
        _w1 = new FloatTensor(AggregationGraphs.Features, AggregationGraphs.Inputs, 3, 3, 3);
        _b1 = new FloatTensor(AggregationGraphs.Features);
        _w2 = new FloatTensor(3, AggregationGraphs.Features * keyframes, 3, 3); // zero: the network starts as the identity
        _b2 = new FloatTensor(3);
        var random = new Random(1);
        var bound = MathF.Sqrt(6f / (AggregationGraphs.Inputs * 27));
        for (var i = 0; i < _w1.Length; i++)
            _w1.Data[i] = ((random.NextSingle() * 2) - 1) * bound;
    }

    /// <summary>An aggregated atlas and how well it reproduces the keyframes.</summary>
    /// <param name="Atlas">[V,U,3].</param>
    /// <param name="LossBefore">Mean absolute error in grey levels of the blend the training started from.</param>
    /// <param name="LossAfter">The same of <paramref name="Atlas"/>; never above <paramref name="LossBefore"/>.</param>
    /// <param name="Steps">Training steps taken.</param>
    public sealed record Result(Raster<float> Atlas, double LossBefore, double LossAfter, int Steps);

    /// <summary>Trains for this job.</summary>
    /// <param name="start">The blend of the partial atlases.</param>
    /// <param name="targets">The edited keyframes.</param>
    /// <param name="steps">At most this many training steps; 0 returns the blend.</param>
    /// <param name="report">Told after each step.</param>
    /// <param name="cancellationToken">Ends a running step before its next operator.</param>
    public static Result Fit(
        PartialAtlas start, IReadOnlyList<AggregationTarget> targets, int steps, Action<double, string> report, CancellationToken cancellationToken)
    {
        var loss = new AggregationLoss(targets);
        var before = loss.Value(start.Colour);
        if (steps == 0 || Covered(start.Weight) is not { } covered)
            return new Result(start.Colour, before, before, 0);

        using var network = new AggregationNetwork(targets.Count);
        var partials = targets.Select(t => t.Partial).ToList();
        var window = AggregationWindow.Cut(TrainingPart(covered), start, partials);
        var taken = network.Train(window, start, loss, steps, report, cancellationToken);

        var atlas = start.Colour.Clone();
        foreach (var part in Parts(covered))
            network.Apply(part, atlas, start, partials, cancellationToken);
        for (var i = 0; i < atlas.Data.Length; i++)
            atlas.Data[i] = Math.Clamp(atlas.Data[i], 0, 255);
        var after = loss.Value(atlas);
        return after < before ? new Result(atlas, before, after, taken) : new Result(start.Colour, before, before, taken);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _forward.Dispose();
        _gradients.Dispose();
    }

    private int Train(
        AggregationWindow window, PartialAtlas start, AggregationLoss loss, int steps, Action<double, string> report, CancellationToken cancellationToken)
    {
        FloatTensor[] weights = [_w1, _b1, _w2, _b2];
        var solvers = weights.Select(w => new Adam(w.Data, Rate)).ToList();
        var best = weights.Select(w => w.Clone()).ToList();
        var (lowest, reference, since, step) = (double.PositiveInfinity, double.PositiveInfinity, 0, 0);
        for (; step < steps && since < Patience; step++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var output = Forward(window.Input, cancellationToken);
            var atlas = start.Colour.Clone();
            window.AddTo(atlas, output[0], start.Weight);
            var gradient = new Raster<float>(atlas.Width, atlas.Height, 3);
            var value = loss.ValueAndGradient(atlas, gradient);
            if (value < lowest)
            {
                lowest = value;
                for (var i = 0; i < weights.Length; i++)
                    weights[i].Data.CopyTo(best[i].Data, 0);
            }

            since++;
            if (value < reference * (1 - LeastProgress))
                (reference, since) = (value, 0);
            var slopes = _gradients.Run(
                cancellationToken, ("x", window.Input), ("h", output[1]), ("dy", window.OutputGradient(gradient, start.Weight)), ("w2", _w2));
            for (var i = 0; i < weights.Length; i++)
            {
                solvers[i].Rate = Rate * (1 - (0.9f * step / steps));
                solvers[i].Step(slopes[i].Data);
            }

            report((double)(step + 1) / steps, $"aggregation: step {step + 1} of {steps}, loss {value:0.00}");
        }

        for (var i = 0; i < weights.Length; i++)
            best[i].Data.CopyTo(weights[i].Data, 0);
        return step;
    }

    private FloatTensor[] Forward(FloatTensor input, CancellationToken cancellationToken) =>
        _forward.Run(cancellationToken, ("x", input), ("w1", _w1), ("b1", _b1), ("w2", _w2), ("b2", _b2));

    /// <summary>Applies the network to a part; the ring of two pixels that the convolutions reach beyond it is read but not written.</summary>
    private void Apply(
        PixelBox part, Raster<float> atlas, PartialAtlas start, IReadOnlyList<PartialAtlas> partials, CancellationToken cancellationToken)
    {
        var window = AggregationWindow.Cut(part.Grow(2, atlas.Width, atlas.Height), start, partials);
        var output = Forward(window.Input, cancellationToken)[0];
        var inner = new FloatTensor(1, 3, part.Height, part.Width);
        var (dx, dy) = (part.X - window.Box.X, part.Y - window.Box.Y);
        for (var c = 0; c < 3; c++)
        {
            for (var y = 0; y < part.Height; y++)
            {
                output.Data.AsSpan((((c * window.Box.Height) + y + dy) * window.Box.Width) + dx, part.Width)
                    .CopyTo(inner.Data.AsSpan(((c * part.Height) + y) * part.Width));
            }
        }

        new AggregationWindow(part, inner).AddTo(atlas, inner, start.Weight);
    }

    private static PixelBox? Covered(Raster<float> weight)
    {
        var seen = new Raster<byte>(weight.Width, weight.Height, 1);
        for (var i = 0; i < seen.Data.Length; i++)
            seen.Data[i] = weight.Data[i] > 0 ? byte.MaxValue : (byte)0;
        return MaskOps.BoundingBox(seen);
    }

    /// <summary>The middle of the covered box, as much as training may look at.</summary>
    private static PixelBox TrainingPart(PixelBox covered)
    {
        var scale = Math.Min(1, Math.Sqrt((double)LargestWindow / ((long)covered.Width * covered.Height)));
        var (width, height) = (Math.Max(1, (int)(covered.Width * scale)), Math.Max(1, (int)(covered.Height * scale)));
        return new PixelBox(covered.X + ((covered.Width - width) / 2), covered.Y + ((covered.Height - height) / 2), width, height);
    }

    /// <summary>The covered box in strips of bounded size.</summary>
    private static IEnumerable<PixelBox> Parts(PixelBox covered)
    {
        var rows = Math.Max(1, LargestWindow / covered.Width);
        for (var y = 0; y < covered.Height; y += rows)
            yield return covered with { Y = covered.Y + y, Height = Math.Min(rows, covered.Height - y) };
    }
}
