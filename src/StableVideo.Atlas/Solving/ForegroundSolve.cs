using StableVideo.Atlas.Masks;
using StableVideo.Imaging;

namespace StableVideo.Atlas.Solving;

/// <summary>The foreground's mapping: chained similarities to the frame that shows the object largest, and a soft lattice for turning and bending.</summary>
internal sealed class ForegroundSolve
{
    private const int Step = 4;
    private const int RobustRounds = 2;
    private const int RefineIterations = 40;
    private readonly LayerSolver _solver;
    private readonly MatchList[] _matches;
    private readonly DecomposeOptions _options;

    private ForegroundSolve(SolveClip clip, LayerMatches matches, IEnumerable<MatchList[]> hops, DecomposeOptions options)
    {
        (_matches, _options) = ([.. matches.Neighbours, .. hops.SelectMany(hop => hop)], options);
        var regulariser = new LatticeRegulariser(options.ForegroundBending, options.Membrane);
        _solver = new LayerSolver(clip.FrameWidth, clip.FrameHeight, 2 * Fine(clip, options), matches.Global, regulariser, matches.Reference, 1, clip.Unit);
    }

    public UvMap Map => _solver.Map;

    public static LayerMatches Match(SolveClip clip, PairFlow[] flows, Raster<byte>[] masks, StageProgress progress)
    {
        var weights = masks.Select(LayerWeights.Scaled).ToArray();
        var reference = GlobalMotion.ForegroundReference(weights);
        var global = GlobalMotion.Chain(GlobalMotion.ForegroundSteps(clip, flows, weights, progress), reference);
        return new LayerMatches(global, reference, [.. flows.SelectMany((flow, t) => FlowMatches.Sample(clip, flow, t, t + 1, weights, Step))]);
    }

    /// <summary>Matches between frames <paramref name="hop"/> steps apart.</summary>
    public static MatchList[] MatchHop(SolveClip clip, Raster<byte>[] masks, int hop, StageProgress progress)
        => HopFlow.Sample(clip, masks, [.. masks.Select(LayerWeights.Scaled)], hop, Step, progress);

    public static ForegroundSolve Start(
        SolveClip clip, LayerMatches matches, IEnumerable<MatchList[]> hops, DecomposeOptions options, CancellationToken cancellationToken)
    {
        var solve = new ForegroundSolve(clip, matches, hops, options);
        solve._solver.Solve(solve._matches, null, 0, options.Iterations, 1, trustFirstRound: true, cancellationToken);
        solve._solver.RefineTo(Fine(clip, options));
        solve._solver.Solve(solve._matches, null, 0, options.Iterations, RobustRounds, trustFirstRound: true, cancellationToken);
        return solve;
    }

    /// <summary>Goes on where <paramref name="map"/> was reached.</summary>
    public static ForegroundSolve GoOn(SolveClip clip, LayerMatches matches, IEnumerable<MatchList[]> hops, UvMap map, DecomposeOptions options)
    {
        var solve = new ForegroundSolve(clip, matches, hops, options);
        solve._solver.GoOnFrom(map);
        return solve;
    }

    public void Refine(List<PointTarget>[] targets, CancellationToken cancellationToken)
        => _solver.Solve(_matches, targets, _options.PhotometricWeight, RefineIterations, 1, trustFirstRound: false, cancellationToken);

    private static float Fine(SolveClip clip, DecomposeOptions options) => options.ForegroundSpacing * clip.Unit;
}
