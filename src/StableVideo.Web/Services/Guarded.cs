using StableVideo.Web.Security;

namespace StableVideo.Web.Services;

/// <summary>Calls into the cluster and the store on behalf of a caller.</summary>
internal static class Guarded
{
    private const int Tries = 3;
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(300);

    /// <summary>Refuses callers without all of <paramref name="scopes"/>.</summary>
    public static void Require(this Caller caller, Scopes scopes)
    {
        ArgumentNullException.ThrowIfNull(caller);
        if (!caller.May(scopes))
            throw Problem.MissingScope(scopes);
    }

    /// <summary>Makes a call that may be repeated: again when a silo is lost in the midst of it, and its failures in words for the caller.</summary>
    public static async Task<T> CallAsync<T>(Func<Task<T>> call, CancellationToken cancellationToken)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                return await call().WaitAsync(cancellationToken);
            }
            catch (Exception exception) when (exception is TimeoutException or OrleansException && attempt < Tries)
            {
                await Task.Delay(attempt * Pause, cancellationToken);
            }
            catch (Exception exception) when (exception is not ProblemException && Problem.Of(exception) is { } problem)
            {
                throw problem;
            }
        }
    }
}
