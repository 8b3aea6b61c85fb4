using StableVideo.Imaging;

namespace StableVideo.Atlas.Solving;

/// <summary>
/// What is still needed of the optical flow once matches were taken from it: the flow from each frame to the next at every second solver pixel, where it can
/// be trusted and the object may be. A fortieth of the whole.
/// </summary>
internal sealed class TrustedFlow
{
    /// <summary>Pixels between samples, along x and y.</summary>
    public const int Step = 2;

    private const float Trusted = 0.7f;

    /// <summary>Refined alpha reaches a few pixels beyond the masks.</summary>
    private const int Margin = 8;

    private readonly int _columns;
    private readonly (float X, float Y)?[][] _pairs;

    private TrustedFlow(int columns, (float X, float Y)?[][] pairs) => (_columns, _pairs) = (columns, pairs);

    /// <summary>Number of frame pairs.</summary>
    public int Count => _pairs.Length;

    public static TrustedFlow Of(PairFlow[] flows, Raster<byte>[] masks)
    {
        var (columns, rows) = Samples(masks[0].Width, masks[0].Height);
        var pairs = new (float, float)?[flows.Length][];
        Parallel.For(0, pairs.Length, t =>
        {
            pairs[t] = new (float, float)?[columns * rows];
            var near = MaskOps.Dilate(masks[t], Margin);
            for (var i = 0; i < columns * rows; i++)
            {
                int x = i % columns * Step, y = i / columns * Step;
                if (near[x, y] > 0 && flows[t].ForwardTrust[x, y] >= Trusted)
                    pairs[t][i] = (flows[t].Forward[x, y, 0], flows[t].Forward[x, y, 1]);
            }
        });
        return new TrustedFlow(columns, pairs);
    }

    /// <summary>From what <see cref="Known"/> told of every pair, for solver frames of a size.</summary>
    /// <exception cref="InvalidDataException">There is no such sample.</exception>
    public static TrustedFlow Of(IEnumerable<Sample[]> known, int width, int height)
    {
        var (columns, rows) = Samples(width, height);
        var pairs = new List<(float, float)?[]>();
        foreach (var samples in known)
        {
            var pair = new (float, float)?[columns * rows];
            foreach (var sample in samples)
                pair[sample.Index >= 0 && sample.Index < pair.Length ? sample.Index : throw new InvalidDataException($"Sample {sample.Index} of {pair.Length}.")] = (sample.X, sample.Y);
            pairs.Add(pair);
        }

        return new TrustedFlow(columns, [.. pairs]);
    }

    /// <summary>All samples of frame <paramref name="pair"/> and the next that are known.</summary>
    public Sample[] Known(int pair) =>
        [.. _pairs[pair].Select((flow, i) => (flow, i)).Where(s => s.flow is not null).Select(s => new Sample(s.i, s.flow!.Value.X, s.flow.Value.Y))];

    /// <summary>The flow from frame <paramref name="pair"/> to the next at a sampled pixel; <see langword="null"/> where it is not known.</summary>
    public (float X, float Y)? At(int pair, int x, int y) => _pairs[pair][(y / Step * _columns) + (x / Step)];

    private static (int Columns, int Rows) Samples(int width, int height) => ((width + Step - 1) / Step, (height + Step - 1) / Step);

    /// <summary>The flow at a sample, numbered row by row.</summary>
    public readonly record struct Sample(int Index, float X, float Y);
}
