using StableVideo.Atlas.Building;
using StableVideo.Atlas.Masks;
using StableVideo.Atlas.Solving;
using StableVideo.Imaging;

namespace StableVideo.Atlas.Steps;

/// <summary>The steps of one decomposition, and the state they hand to each other.</summary>
/// <param name="frames">The clip at its own size.</param>
/// <param name="clip">The clip at the solver's size.</param>
/// <param name="given">One mask per frame, where they were given.</param>
/// <param name="marks">Frames in which the object is marked; none where masks were given, or it is to be found by its motion.</param>
/// <param name="options">Knobs.</param>
internal sealed class DecompositionSteps(
    IReadOnlyFrameSequence frames, SolveClip clip, IReadOnlyList<Raster<byte>>? given, IReadOnlyList<MarkedFrame> marks, DecomposeOptions options)
{
    private readonly Dictionary<int, MatchList[]> _hops = [];
    private PairFlow[]? _flows;
    private TrustedFlow? _trusted;
    private ClipMasks? _masks;
    private LayerMatches? _backgroundMatches;
    private LayerMatches? _foregroundMatches;
    private BackgroundSolve? _background;
    private ForegroundSolve? _foreground;
    private UvMap? _backgroundMap;
    private UvMap? _foregroundMap;
    private Raster<byte>[]? _alpha;
    private FinalAtlases? _atlases;
    private BuiltLayer? _front;
    private BuiltLayer? _back;
    private (byte[][] Alpha, GainField Gain) _shades;

    /// <summary>The finished decomposition; <see langword="null"/> until the last step.</summary>
    public Decomposition? Result { get; private set; }

    private bool MasksAreGiven => given is not null;

    private ClipMasks Masks => _masks ??= ClipMasks.FromGiven(given!, clip);

    private Raster<byte>[] Alpha => _alpha ?? Masks.Solve;

    private FinalAtlases Atlases => _atlases ??= new FinalAtlases(frames, Masks, Alpha, options);

    private IEnumerable<MatchList[]> Hops => options.LongHops.Select(hop => _hops[hop]);

    /// <summary>All steps in order. Weights are the seconds of 70 frames of 640x360 on two cores.</summary>
    public IReadOnlyList<DecompositionStep> All()
    {
        var last = options.RefinementRounds;
        var steps = new List<DecompositionStep>();
        if (!MasksAreGiven)
            steps.Add(new("masks", "finding the object", 5, FindMasks, new DecompositionPart("masks", "shades", w => w.Masks(Masks.Solve), r => _masks = new ClipMasks(r.Masks(clip), null))));
        steps.Add(new(
            "neighbours",
            "following points from frame to frame",
            MasksAreGiven ? 3.5 : 1,
            MatchNeighbours,
            new DecompositionPart("neighbours", Solution(last), WriteNeighbours, ReadNeighbours),
            new DecompositionPart("flow", "metrics", w => w.Flow(_trusted!), r => _trusted = r.Flow(clip))));
        foreach (var hop in options.LongHops.Distinct())
        {
            steps.Add(new(
                $"hop-{hop}",
                $"following points over {hop} frames",
                1,
                progress => _hops[hop] = ForegroundSolve.MatchHop(clip, Masks.Solve, hop, progress),
                new DecompositionPart($"hop-{hop}", Solution(last), w => w.Matches(_hops[hop]), r => _hops[hop] = r.Matches(clip))));
        }

        steps.Add(new(Solution(0), "solving for the mappings", 1.5, Solve, SolutionPart(0)));
        for (var round = 1; round <= last; round++)
            steps.Add(new(Solution(round), $"refining the mappings, round {round} of {last}", 2, Refine, SolutionPart(round)));
        steps.Add(new("atlases", "building the atlases", 3, BuildAtlases, new DecompositionPart("atlases", "metrics", WriteAtlases, ReadAtlases)));
        steps.Add(new("shades", "refining edges and light", 0.8, Shade, new DecompositionPart("shades", "metrics", w => w.Shades(_shades.Alpha, _shades.Gain), r => _shades = r.Shades(clip))));
        steps.Add(new("metrics", "comparing with the clip", 1.5, Measure));
        return steps;
    }

    private static string Solution(int round) => $"solution-{round}";

    private DecompositionPart SolutionPart(int round) =>
        new(Solution(round), round < options.RefinementRounds ? Solution(round + 1) : "shades", w => WriteSolution(w, round), r => ReadSolution(r, round));

    private PairFlow[] Flows(StageProgress progress) => _flows ??= PairFlow.OfNeighbours(clip, progress);

    private void FindMasks(StageProgress progress)
    {
        var flows = Flows(progress.Slice(0, 0.5));
        var rest = progress.Slice(0.5, 1);
        _masks = ClipMasks.FromSolve(marks.Count == 0 ? MotionMasks.Find(clip, flows, rest) : TrackedMask.Track(marks, clip, flows, rest));
    }

    private void MatchNeighbours(StageProgress progress)
    {
        var flows = Flows(progress.Slice(0, 0.75));
        _backgroundMatches = BackgroundSolve.Match(clip, flows, Masks.Solve, progress.Slice(0.75, 0.8));
        _foregroundMatches = ForegroundSolve.Match(clip, flows, Masks.Solve, progress.Slice(0.8, 1));
        _trusted = TrustedFlow.Of(flows, Masks.Solve);
        _flows = null; // by far the largest thing in memory
    }

    private void Solve(StageProgress progress)
    {
        _background = BackgroundSolve.Start(clip, _backgroundMatches!, options, progress.Cancellation);
        _foreground = ForegroundSolve.Start(clip, _foregroundMatches!, Hops, options, progress.Cancellation);
        (_backgroundMap, _foregroundMap) = (_background.Map, _foreground.Map);
    }

    private void Refine(StageProgress progress)
    {
        _background ??= BackgroundSolve.GoOn(clip, _backgroundMatches!, _backgroundMap!, options);
        _foreground ??= ForegroundSolve.GoOn(clip, _foregroundMatches!, Hops, _foregroundMap!, options);
        var outcome = new PhotometricRound(clip, options).Run(_foreground.Map, _background.Map, Masks.Solve, Alpha, progress);
        _alpha = outcome.Alpha;
        _background.Refine(outcome.Background, progress.Cancellation);
        _foreground.Refine(outcome.Foreground, progress.Cancellation);
        (_backgroundMap, _foregroundMap) = (_background.Map, _foreground.Map);
    }

    private void BuildAtlases(StageProgress progress) => (_front, _back) = Atlases.Build(_foregroundMap!, _backgroundMap!, progress);

    private void Shade(StageProgress progress) => _shades = Atlases.Shade(_front!, _back!, progress);

    private void Measure(StageProgress progress)
    {
        var unmeasured = new Decomposition(_front!.ToLayer(), _back!.ToLayer(), _shades.Alpha, _shades.Gain, new DecompositionMetrics(0, 0, 0, 0, 0, 0, 0, 0));
        Result = unmeasured.WithMetrics(MetricsMeter.Measure(unmeasured, frames, clip, _trusted!, progress));
    }

    private void WriteNeighbours(PartWriter writer)
    {
        writer.Matches(_backgroundMatches!);
        writer.Matches(_foregroundMatches!);
    }

    private void ReadNeighbours(PartReader reader) => (_backgroundMatches, _foregroundMatches) = (reader.LayerMatches(clip), reader.LayerMatches(clip));

    private void WriteSolution(PartWriter writer, int round)
    {
        writer.Map(_backgroundMap!);
        writer.Map(_foregroundMap!);
        if (round > 0)
            writer.Masks(_alpha!);
    }

    private void ReadSolution(PartReader reader, int round)
    {
        (_backgroundMap, _foregroundMap) = (reader.Map(clip), reader.Map(clip));
        _alpha = round > 0 ? reader.Masks(clip) : null;
    }

    private void WriteAtlases(PartWriter writer)
    {
        writer.Layer(_front!);
        writer.Layer(_back!);
    }

    private void ReadAtlases(PartReader reader) => (_front, _back) = (reader.Layer(clip), reader.Layer(clip));
}
