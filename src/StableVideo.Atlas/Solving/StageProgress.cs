namespace StableVideo.Atlas.Solving;

/// <summary>One stage's slice of the whole progress, and the token every loop checks.</summary>
internal sealed class StageProgress(IProgress<double>? target, double start, double end, CancellationToken cancellationToken)
{
    private readonly Lock _gate = new();
    private int _done;

    public CancellationToken Cancellation => cancellationToken;

    public ParallelOptions Parallel => new() { CancellationToken = cancellationToken };

    /// <summary>The part of this slice from <paramref name="from"/> to <paramref name="to"/>, both 0..1.</summary>
    public StageProgress Slice(double from, double to) => new(target, start + ((end - start) * from), start + ((end - start) * to), cancellationToken);

    /// <summary>Reports <paramref name="done"/> of <paramref name="total"/> steps.</summary>
    public void Report(int done, int total)
    {
        cancellationToken.ThrowIfCancellationRequested();
        target?.Report(start + ((end - start) * done / Math.Max(1, total)));
    }

    /// <summary>Reports one more of <paramref name="total"/> steps; for parallel loops.</summary>
    public void Step(int total)
    {
        lock (_gate)
            Report(++_done, total);
    }
}
