using System.Runtime.CompilerServices;

namespace StableVideo.Cluster;

/// <summary>Watching jobs through the loss of silos.</summary>
public static class JobWatching
{
    private static readonly TimeSpan ResubscribeDelay = TimeSpan.FromMilliseconds(200);

    /// <summary>The present status of a job, then a new one whenever something changed; the last one has ended.</summary>
    /// <param name="grains">Where the job lives.</param>
    /// <param name="key">The job's grain key.</param>
    /// <param name="cancellationToken">Ends the watch.</param>
    /// <exception cref="JobNotFoundException">No job was submitted under this key.</exception>
    public static async IAsyncEnumerable<JobStatus> WatchJobAsync(this IGrainFactory grains, string key, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(grains);
        var job = grains.GetGrain<IVideoJobGrain>(key);
        while (true)
        {
            await using var statuses = job.Watch(cancellationToken).GetAsyncEnumerator(cancellationToken);
            while (await MoveNextAsync(statuses, cancellationToken))
            {
                yield return statuses.Current;
                if (statuses.Current.HasEnded)
                    yield break;
            }

            await Task.Delay(ResubscribeDelay, cancellationToken);
        }
    }

    private static async Task<bool> MoveNextAsync(IAsyncEnumerator<JobStatus> statuses, CancellationToken cancellationToken)
    {
        try
        {
            return await statuses.MoveNextAsync();
        }
        catch (Exception exception) when (exception is not JobNotFoundException && !cancellationToken.IsCancellationRequested)
        {
            // The activation ended or moved. Subscribing again gives the whole present status.
            return false;
        }
    }
}
