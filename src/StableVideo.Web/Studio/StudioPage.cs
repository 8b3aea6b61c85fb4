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
