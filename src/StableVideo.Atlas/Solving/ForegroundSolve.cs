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
    private readonly List<MatchList> _matches;

    private ForegroundSolve(LayerSolver solver, List<MatchList> matches) => (_solver, _matches) = (solver, matches);

    public UvMap Map => _solver.Map;

    public static ForegroundSolve Start(SolveClip clip, PairFlow[] flows, Raster<byte>[] masks, DecomposeOptions options, StageProgress progress)
    {
        var weights = masks.Select(LayerWeights.Scaled).ToArray();
        var reference = GlobalMotion.ForegroundReference(weights);
        var global = GlobalMotion.Chain(GlobalMotion.ForegroundSteps(clip, flows, weights, progress), reference);
        var matches = flows.SelectMany((flow, t) => FlowMatches.Sample(clip, flow, t, t + 1, weights, Step)).ToList();
        foreach (var hop in options.LongHops)
            matches.AddRange(HopFlow.Sample(clip, masks, weights, hop, Step, progress));
        var fine = options.ForegroundSpacing * clip.Unit;
        var regulariser = new LatticeRegulariser(options.ForegroundBending, options.Membrane);
        var solver = new LayerSolver(clip.FrameWidth, clip.FrameHeight, 2 * fine, global, regulariser, reference, 1, clip.Unit);
        solver.Solve(matches, null, 0, options.Iterations, 1, trustFirstRound: true, progress.Cancellation);
        solver.RefineTo(fine);
        solver.Solve(matches, null, 0, options.Iterations, RobustRounds, trustFirstRound: true, progress.Cancellation);
        return new ForegroundSolve(solver, matches);
    }

    public void Refine(List<PointTarget>[] targets, DecomposeOptions options, CancellationToken cancellationToken)
        => _solver.Solve(_matches, targets, options.PhotometricWeight, RefineIterations, 1, trustFirstRound: false, cancellationToken);
}
