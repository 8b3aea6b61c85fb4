namespace StableVideo.Hosting;

/// <summary>Something that a process needs before it can serve.</summary>
public interface IReadinessCheck
{
    /// <summary>What it is, in a word.</summary>
    string Name { get; }

    /// <summary>What is wrong, in words; <see langword="null"/>: nothing.</summary>
    Task<string?> FindTroubleAsync(CancellationToken cancellationToken);
}

/// <summary>Whether a process can serve: all of its checks, each of which has three seconds.</summary>
internal sealed class Readiness(IEnumerable<IReadinessCheck> checks, IHostApplicationLifetime lifetime)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(3);

    /// <summary>What is wrong, by the names of the checks; empty: the process is ready.</summary>
    public async Task<IReadOnlyDictionary<string, string>> FindTroublesAsync(CancellationToken cancellationToken)
    {
        if (lifetime.ApplicationStopping.IsCancellationRequested)
            return new Dictionary<string, string> { ["host"] = "It stops." };
        if (!lifetime.ApplicationStarted.IsCancellationRequested)
            return new Dictionary<string, string> { ["host"] = "It starts." };
        var found = await Task.WhenAll(checks.Select(async check => (check.Name, Trouble: await FindTroubleAsync(check, cancellationToken))));
        return found.Where(check => check.Trouble is not null).ToDictionary(check => check.Name, check => check.Trouble!);
    }

    private static async Task<string?> FindTroubleAsync(IReadinessCheck check, CancellationToken cancellationToken)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        patience.CancelAfter(Patience);
        try
        {
            return await check.FindTroubleAsync(patience.Token).WaitAsync(patience.Token);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return $"It does not answer within {Patience.TotalSeconds:0} s.";
        }
        catch (Exception exception) when (exception is not OperationCanceledException)
        {
            return exception.Message;
        }
    }
}
