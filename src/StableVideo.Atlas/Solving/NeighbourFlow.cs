using StableVideo.Imaging;

namespace StableVideo.Atlas.Solving;

/// <summary>Optical flow of a frame pair in both directions, in solver pixels, and how far it can be trusted.</summary>
/// <param name="Forward">[h, w, 2]: <c>b(x + f) ~ a(x)</c>.</param>
/// <param name="Backward">[h, w, 2]: <c>a(x + f) ~ b(x)</c>.</param>
/// <param name="ForwardTrust">[h, w, 1] 0..1: <c>exp(-(forward-backward error)^2)</c>, 0 where flow leaves the frame.</param>
/// <param name="BackwardTrust">The same for the backward flow.</param>
internal sealed record PairFlow(Raster<float> Forward, Raster<float> Backward, Raster<float> ForwardTrust, Raster<float> BackwardTrust)
{
    public static PairFlow Compute(Raster<byte> a, Raster<byte> b)
    {
        var options = new FlowOptions { Method = FlowMethod.Dis };
        var forward = OpticalFlow.Compute(a, b, options);
        var backward = OpticalFlow.Compute(b, a, options);
        return new PairFlow(forward, backward, Trust(forward, backward), Trust(backward, forward));
    }

    /// <summary>Flow between all neighbouring frames: item t joins t and t + 1.</summary>
    public static PairFlow[] OfNeighbours(SolveClip clip, StageProgress progress)
    {
        var flows = new PairFlow[clip.Count - 1];
        Parallel.For(0, flows.Length, progress.Parallel, t =>
        {
            flows[t] = Compute(clip.Gray[t], clip.Gray[t + 1]);
            progress.Step(flows.Length);
        });
        return flows;
    }

    private static Raster<float> Trust(Raster<float> flow, Raster<float> back)
    {
        var error = OpticalFlow.ForwardBackwardError(flow, back);
        for (var i = 0; i < error.Data.Length; i++)
            error.Data[i] = MathF.Exp(-error.Data[i] * error.Data[i]);
        return error;
    }
}
