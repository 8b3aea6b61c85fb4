namespace StableVideo.Imaging;

/// <summary>Row-parallel loops. Bodies must write only their own rows; the partition never depends on the number of threads.</summary>
public static class Rows
{
    private const int MinimumRowsPerTask = 8;

    /// <summary>Runs <paramref name="body"/> once for every row 0 .. <paramref name="height"/> - 1, in parallel.</summary>
    public static void For(int height, Action<int> body)
    {
        ArgumentNullException.ThrowIfNull(body);
        if (height <= MinimumRowsPerTask)
        {
            for (var y = 0; y < height; y++)
                body(y);
            return;
        }

        var tasks = (height + MinimumRowsPerTask - 1) / MinimumRowsPerTask;
        Parallel.For(0, tasks, NativeThreads.ParallelOptions, task =>
        {
            var end = Math.Min(height, (task + 1) * MinimumRowsPerTask);
            for (var y = task * MinimumRowsPerTask; y < end; y++)
                body(y);
        });
    }

    /// <summary>
    /// Sums <paramref name="rowValue"/> over all rows. Rows run in parallel, their values are added in row order, so the result is the same
    /// for any number of threads.
    /// </summary>
    public static double Sum(int height, Func<int, double> rowValue)
    {
        var values = new double[height];
        For(height, y => values[y] = rowValue(y));
        var sum = 0.0;
        foreach (var value in values)
            sum += value;
        return sum;
    }
}
