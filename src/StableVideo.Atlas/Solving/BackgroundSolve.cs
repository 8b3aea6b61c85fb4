using StableVideo.Atlas.Masks;
using StableVideo.Imaging;

namespace StableVideo.Atlas.Solving;

/// <summary>The background's mapping: chained motions to the middle frame, and a stiff lattice for parallax. Short hops only: long ones tear under fast pans.</summary>
internal sealed class BackgroundSolve
{
    private const int Step = 8;
    private const int MaskMargin = 4;

    /// <summary>Enough to fix where the mosaic lies; more would bend its neighbours around the reference frame.</summary>
    private const float ReferenceAnchor = 1e-3f;

    private const int RobustRounds = 2;
    private const int RefineIterations = 40;
    private readonly LayerSolver _solver;
    private readonly MatchList[] _matches;

    private BackgroundSolve(LayerSolver solver, MatchList[] matches) => (_solver, _matches) = (solver, matches);

    public UvMap Map => _solver.Map;

    public static BackgroundSolve Start(SolveClip clip, PairFlow[] flows, Raster<byte>[] masks, DecomposeOptions options, StageProgress progress)
    {
        var reference = clip.Count / 2;
        var global = GlobalMotion.Background(clip, flows, [.. masks.Select(LayerWeights.Scaled)], reference, progress);
        var weights = masks.Select(m => LayerWeights.Scaled(LayerWeights.Outside(m, MaskMargin))).ToArray();
        var matches = flows.SelectMany((flow, t) => FlowMatches.Sample(clip, flow, t, t + 1, weights, Step)).ToArray();
        var regulariser = new LatticeRegulariser(options.BackgroundBending, options.Membrane);
        var solver = new LayerSolver(
            clip.FrameWidth, clip.FrameHeight, options.BackgroundSpacing * clip.Unit, global, regulariser, reference, ReferenceAnchor, clip.Unit);
        solver.Solve(matches, null, 0, options.Iterations, RobustRounds, trustFirstRound: true, progress.Cancellation);
        return new BackgroundSolve(solver, matches);
    }

    public void Refine(List<PointTarget>[] targets, DecomposeOptions options, CancellationToken cancellationToken)
        => _solver.Solve(_matches, targets, options.PhotometricWeight, RefineIterations, 1, trustFirstRound: false, cancellationToken);
}
