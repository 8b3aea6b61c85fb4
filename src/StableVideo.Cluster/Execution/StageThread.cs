using System.Collections.Concurrent;

namespace StableVideo.Cluster;

/// <summary>
/// Runs asynchronous work from its first statement to its last on one thread of its own, so that hours of computation never occupy
/// the thread pool, on which grains take their turns.
/// </summary>
internal static class StageThread
{
    /// <summary>Starts a thread named <paramref name="name"/> that runs <paramref name="work"/> and all its continuations, then ends.</summary>
    public static Task<T> RunAsync<T>(string name, Func<Task<T>> work)
    {
        var done = new TaskCompletionSource<T>(TaskCreationOptions.RunContinuationsAsynchronously);
        new Thread(() => done.SetFromTask(Pump(work))) { IsBackground = true, Name = name }.Start();
        return done.Task;
    }

    private static Task<T> Pump<T>(Func<Task<T>> work)
    {
        using var queue = new WorkQueue();
        SynchronizationContext.SetSynchronizationContext(queue);
        Task<T> task;
        try
        {
            task = work();
        }
        catch (Exception exception)
        {
            task = Task.FromException<T>(exception);
        }

        _ = task.ContinueWith(_ => queue.Close(), CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
        queue.RunUntilClosed();
        return task;
    }

    private sealed class WorkQueue : SynchronizationContext, IDisposable
    {
        private readonly BlockingCollection<(SendOrPostCallback Callback, object? State)> _work = [];

        public override void Post(SendOrPostCallback d, object? state)
        {
            try
            {
                _work.Add((d, state));
            }
            catch (Exception exception) when (exception is InvalidOperationException or ObjectDisposedException)
            {
                // The work has ended; a straggler it did not wait for runs where it disturbs nobody.
                ThreadPool.QueueUserWorkItem(_ => d(state));
            }
        }

        public override SynchronizationContext CreateCopy() => this;

        public void Close() => _work.CompleteAdding();

        public void RunUntilClosed()
        {
            foreach (var (callback, state) in _work.GetConsumingEnumerable())
                callback(state);
        }

        public void Dispose() => _work.Dispose();
    }
}
