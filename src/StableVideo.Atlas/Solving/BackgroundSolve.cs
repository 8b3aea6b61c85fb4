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
    private readonly LayerMatches _matches;
    private readonly DecomposeOptions _options;

    private BackgroundSolve(SolveClip clip, LayerMatches matches, DecomposeOptions options)
    {
        (_matches, _options) = (matches, options);
        var regulariser = new LatticeRegulariser(options.BackgroundBending, options.Membrane);
        _solver = new LayerSolver(
            clip.FrameWidth, clip.FrameHeight, options.BackgroundSpacing * clip.Unit, matches.Global, regulariser, matches.Reference, ReferenceAnchor, clip.Unit);
    }

    public UvMap Map => _solver.Map;

    public static LayerMatches Match(SolveClip clip, PairFlow[] flows, Raster<byte>[] masks, StageProgress progress)
    {
        var reference = clip.Count / 2;
        var global = GlobalMotion.Background(clip, flows, [.. masks.Select(LayerWeights.Scaled)], reference, progress);
        var weights = masks.Select(m => LayerWeights.Scaled(LayerWeights.Outside(m, MaskMargin))).ToArray();
        return new LayerMatches(global, reference, [.. flows.SelectMany((flow, t) => FlowMatches.Sample(clip, flow, t, t + 1, weights, Step))]);
    }

    public static BackgroundSolve Start(SolveClip clip, LayerMatches matches, DecomposeOptions options, CancellationToken cancellationToken)
    {
        var solve = new BackgroundSolve(clip, matches, options);
        solve._solver.Solve(matches.Neighbours, null, 0, options.Iterations, RobustRounds, trustFirstRound: true, cancellationToken);
        return solve;
    }

    /// <summary>Goes on where <paramref name="map"/> was reached.</summary>
    public static BackgroundSolve GoOn(SolveClip clip, LayerMatches matches, UvMap map, DecomposeOptions options)
    {
        var solve = new BackgroundSolve(clip, matches, options);
        solve._solver.GoOnFrom(map);
        return solve;
    }

    public void Refine(List<PointTarget>[] targets, CancellationToken cancellationToken)
        => _solver.Solve(_matches.Neighbours, targets, _options.PhotometricWeight, RefineIterations, 1, trustFirstRound: false, cancellationToken);
}
