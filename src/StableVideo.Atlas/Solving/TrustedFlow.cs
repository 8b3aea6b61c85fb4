namespace StableVideo.Atlas.Solving;

/// <summary>
/// What is still needed of the optical flow once matches were taken from it: the flow from each frame to the next where it can be trusted, at every
/// second solver pixel. A tenth of the whole.
/// </summary>
internal sealed class TrustedFlow
{
    /// <summary>Pixels between samples, along x and y.</summary>
    public const int Step = 2;

    private const float Trusted = 0.7f;
    private readonly int _columns;

    /// <param name="columns">Samples per row.</param>
    /// <param name="pairs">One per frame pair: (x, y) of each sample, row by row; NaN where flow can not be trusted.</param>
    public TrustedFlow(int columns, float[][] pairs) => (_columns, Pairs) = (columns, pairs);

    public float[][] Pairs { get; }

    public static TrustedFlow Of(PairFlow[] flows)
    {
        var (columns, rows) = Samples(flows[0].Forward.Width, flows[0].Forward.Height);
        var pairs = new float[flows.Length][];
        Parallel.For(0, pairs.Length, t =>
        {
            var pair = pairs[t] = new float[columns * rows * 2];
            for (var i = 0; i < pair.Length; i += 2)
            {
                int x = i / 2 % columns * Step, y = i / 2 / columns * Step;
                var trusted = flows[t].ForwardTrust[x, y] >= Trusted;
                (pair[i], pair[i + 1]) = trusted ? (flows[t].Forward[x, y, 0], flows[t].Forward[x, y, 1]) : (float.NaN, float.NaN);
            }
        });
        return new TrustedFlow(columns, pairs);
    }

    /// <summary>Columns and rows of samples for solver frames of a size.</summary>
    public static (int Columns, int Rows) Samples(int width, int height) => ((width + Step - 1) / Step, (height + Step - 1) / Step);

    /// <summary>The flow from frame <paramref name="pair"/> to the next at a sampled pixel; <see langword="null"/> where it can not be trusted.</summary>
    public (float X, float Y)? At(int pair, int x, int y)
    {
        var i = 2 * ((y / Step * _columns) + (x / Step));
        var flow = Pairs[pair];
        return float.IsNaN(flow[i]) ? null : (flow[i], flow[i + 1]);
    }
}
