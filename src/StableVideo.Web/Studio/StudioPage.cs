using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Authorization;
using StableVideo.Web.Security;

namespace StableVideo.Web.Studio;

/// <summary>What pages and their parts have in common: who looks at them, and an end.</summary>
public abstract class StudioPage : ComponentBase, IDisposable
{
    private readonly CancellationTokenSource _left = new();

    /// <summary>Who is signed in.</summary>
    [CascadingParameter]
    public required Task<AuthenticationState> Authentication { get; set; }

    /// <summary>Cancelled when the page is left.</summary>
    protected CancellationToken Left => _left.Token;

    /// <summary>Who looks at the page.</summary>
    protected async Task<Caller> CallerAsync() =>
        CallerClaims.Of((await Authentication).User) ?? throw new InvalidOperationException("Nobody is signed in.");

    /// <summary>Shows anew what <paramref name="load"/> reads, again and again until the page is left.</summary>
    /// <param name="every">Time between two reads.</param>
    /// <param name="load">Reads it.</param>
    /// <param name="when">Whether there is anything to read now; <see langword="null"/>: always.</param>
    protected async Task RepeatAsync(TimeSpan every, Func<Task> load, Func<bool>? when = null)
    {
        try
        {
            while (true)
            {
                await Task.Delay(every, Left);
                if (when?.Invoke() == false)
                    continue;
                await InvokeAsync(async () =>
                {
                    await load();
                    StateHasChanged();
                });
            }
        }
        catch (Exception exception) when (exception is OperationCanceledException or ObjectDisposedException)
        {
            // The page was left.
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Dispose(true);
        GC.SuppressFinalize(this);
    }

    /// <summary>The page is left.</summary>
    protected virtual void Dispose(bool disposing)
    {
        if (!disposing)
            return;
        _left.Cancel();
        _left.Dispose();
    }
}
