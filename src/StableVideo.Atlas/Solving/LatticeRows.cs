namespace StableVideo.Atlas.Solving;

/// <summary>One equation: two frame positions show the same surface point, <c>UV_b(x_b) - UV_a(x_a) = 0</c>.</summary>
/// <param name="A">Where x_a lies in frame a's lattice.</param>
/// <param name="B">Where x_b lies in frame b's lattice.</param>
/// <param name="U">u difference of the global motions, <c>G_b x_b - G_a x_a</c>.</param>
/// <param name="V">v difference of the global motions.</param>
/// <param name="Weight">Confidence, 0..1.</param>
internal readonly record struct PairRow(CellPoint A, CellPoint B, float U, float V, float Weight);

/// <summary>One equation: a frame position has a known UV, <c>UV(x) = target</c>.</summary>
/// <param name="At">Where x lies in the frame's lattice.</param>
/// <param name="U">Target minus global motion.</param>
/// <param name="V">Target minus global motion.</param>
/// <param name="Weight">Confidence, 0..1.</param>
internal readonly record struct TargetRow(CellPoint At, float U, float V, float Weight);

/// <summary>All flow equations, ordered by frame a, with an index that lists them by frame b, so that each frame's nodes are summed by one thread in one order.</summary>
internal sealed class LatticeRows
{
    private readonly int[] _startOfA;
    private readonly int[] _startOfB;
    private readonly int[] _byB;

    /// <param name="pairs">One list per (frame a, frame b); each list's rows share both frames.</param>
    /// <param name="targets">One list per frame, or null.</param>
    /// <param name="frames">Number of frames.</param>
    public LatticeRows(IEnumerable<PairList> pairs, IReadOnlyList<List<TargetRow>>? targets, int frames)
    {
        var lists = pairs.OrderBy(p => p.FrameA).ThenBy(p => p.FrameB).ToArray();
        Pairs = new PairRow[lists.Sum(l => l.Rows.Count)];
        _startOfA = new int[frames + 1];
        _startOfB = new int[frames + 1];
        var frameOfB = new int[Pairs.Length];
        var count = 0;
        foreach (var list in lists)
        {
            list.Rows.CopyTo(Pairs, count);
            Array.Fill(frameOfB, list.FrameB, count, list.Rows.Count);
            count += list.Rows.Count;
            _startOfA[list.FrameA + 1] += list.Rows.Count;
            _startOfB[list.FrameB + 1] += list.Rows.Count;
        }

        for (var t = 0; t < frames; t++)
        {
            _startOfA[t + 1] += _startOfA[t];
            _startOfB[t + 1] += _startOfB[t];
        }

        _byB = new int[Pairs.Length];
        var next = (int[])_startOfB.Clone();
        for (var i = 0; i < frameOfB.Length; i++)
            _byB[next[frameOfB[i]]++] = i;
        Targets = targets is null ? [.. Enumerable.Repeat(Array.Empty<TargetRow>(), frames)] : [.. targets.Select(t => t.ToArray())];
    }

    public PairRow[] Pairs { get; }

    public TargetRow[][] Targets { get; }

    /// <summary>The rows whose first frame is <paramref name="frame"/>.</summary>
    public (int Start, int End) RowsFrom(int frame) => (_startOfA[frame], _startOfA[frame + 1]);

    /// <summary>The numbers of the rows whose second frame is <paramref name="frame"/>.</summary>
    public ReadOnlySpan<int> RowsInto(int frame) => _byB.AsSpan(_startOfB[frame], _startOfB[frame + 1] - _startOfB[frame]);
}

/// <summary>Flow equations between two frames.</summary>
internal sealed record PairList(int FrameA, int FrameB, List<PairRow> Rows);
