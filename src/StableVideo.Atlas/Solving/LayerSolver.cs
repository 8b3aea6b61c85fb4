namespace StableVideo.Atlas.Solving;

/// <summary>Two frame positions that show the same surface point, in continuous frame pixels.</summary>
internal readonly record struct PointMatch(float Xa, float Ya, float Xb, float Yb, float Weight);

/// <summary>Matches from one frame to another.</summary>
internal sealed record MatchList(int FrameA, int FrameB, List<PointMatch> Points);

/// <summary>A frame position whose UV is known.</summary>
internal readonly record struct PointTarget(float X, float Y, float U, float V, float Weight);

/// <summary>Solves one layer's residual lattice for flow matches and photometric targets.</summary>
internal sealed class LayerSolver
{
    private const float FreeAnchor = 1e-5f;
    private readonly Homography[] _global;
    private readonly LatticeRegulariser _regulariser;
    private readonly int _reference;
    private readonly float _referenceAnchor;
    private readonly float _robustScale;
    private LatticeGrid _grid;
    private float[] _lattice;

    /// <param name="width">Frame width in pixels.</param>
    /// <param name="height">Frame height in pixels.</param>
    /// <param name="spacing">Lattice spacing in frame pixels.</param>
    /// <param name="global">G_t.</param>
    /// <param name="regulariser">Smoothness.</param>
    /// <param name="reference">The frame whose mapping is held at its global motion.</param>
    /// <param name="referenceAnchor">How strongly it is held.</param>
    /// <param name="robustScale">Residuals beyond this many atlas pixels count as outliers.</param>
    public LayerSolver(int width, int height, float spacing, Homography[] global, LatticeRegulariser regulariser, int reference, float referenceAnchor, float robustScale)
    {
        (_global, _regulariser, _reference, _referenceAnchor, _robustScale) = (global, regulariser, reference, referenceAnchor, robustScale);
        _grid = new LatticeGrid(global.Length, width, height, spacing);
        _lattice = new float[_grid.Unknowns];
        Map = new UvMap(width, height, spacing, global, _lattice);
    }

    /// <summary>The mapping as solved so far; it shares the solver's memory.</summary>
    public UvMap Map { get; private set; }

    /// <summary>Solves with <paramref name="rounds"/> of robust re-weighting.</summary>
    public void Solve(
        IEnumerable<MatchList> matches,
        IReadOnlyList<List<PointTarget>>? targets,
        float targetWeight,
        int iterations,
        int rounds,
        bool trustFirstRound,
        CancellationToken cancellationToken)
    {
        var rows = new LatticeRows(matches.Select(ToRows), targets?.Select(ToRows).ToArray(), _grid.Frames);
        var anchor = new float[_grid.Frames];
        Array.Fill(anchor, FreeAnchor);
        anchor[_reference] = _referenceAnchor;
        var system = new LatticeSystem(_grid, rows, _regulariser, anchor, targetWeight);
        for (var round = 0; round < rounds; round++)
        {
            if (round > 0 || !trustFirstRound)
                system.Reweight(_lattice, _robustScale);
            system.Solve(_lattice, iterations, cancellationToken);
        }
    }

    /// <summary>Continues on a finer lattice that starts where the coarse one ended.</summary>
    public void RefineTo(float spacing)
    {
        var finer = _grid with { Spacing = spacing };
        var lattice = new float[finer.Unknowns];
        for (var t = 0; t < finer.Frames; t++)
        {
            for (var j = 0; j < finer.Rows; j++)
            {
                for (var i = 0; i < finer.Columns; i++)
                {
                    double x = i * spacing, y = j * spacing;
                    var (u, v) = Map.At(t, x, y);
                    var (gu, gv) = _global[t].Apply(x, y);
                    var node = 2 * ((((t * finer.Rows) + j) * finer.Columns) + i);
                    (lattice[node], lattice[node + 1]) = ((float)(u - gu), (float)(v - gv));
                }
            }
        }

        (_grid, _lattice) = (finer, lattice);
        Map = new UvMap(finer.Width, finer.Height, spacing, _global, lattice);
    }

    /// <summary>Goes on from a mapping that this solver, or one made of the same, has reached.</summary>
    public void GoOnFrom(UvMap map)
    {
        (_grid, _lattice) = (_grid with { Spacing = map.Spacing }, map.Lattice.ToArray());
        Map = new UvMap(_grid.Width, _grid.Height, map.Spacing, _global, _lattice);
    }

    private PairList ToRows(MatchList matches)
    {
        var rows = new List<PairRow>(matches.Points.Count);
        foreach (var p in matches.Points)
        {
            var (ua, va) = _global[matches.FrameA].Apply(p.Xa, p.Ya);
            var (ub, vb) = _global[matches.FrameB].Apply(p.Xb, p.Yb);
            rows.Add(new PairRow(_grid.Locate(matches.FrameA, p.Xa, p.Ya), _grid.Locate(matches.FrameB, p.Xb, p.Yb), (float)(ub - ua), (float)(vb - va), p.Weight));
        }

        return new PairList(matches.FrameA, matches.FrameB, rows);
    }

    private List<TargetRow> ToRows(List<PointTarget> targets, int frame)
    {
        var rows = new List<TargetRow>(targets.Count);
        foreach (var p in targets)
        {
            var (u, v) = _global[frame].Apply(p.X, p.Y);
            rows.Add(new TargetRow(_grid.Locate(frame, p.X, p.Y), (float)(p.U - u), (float)(p.V - v), p.Weight));
        }

        return rows;
    }
}
