using StableVideo.Web.Security;

namespace StableVideo.Tests.Web;

public sealed class ScopesTests
{
    [Fact]
    public void A_caller_may_only_what_all_scopes_allow()
    {
        var caller = new Caller("studio", "key", Scopes.ReadJobs | Scopes.WriteVideos);

        Assert.True(caller.May(Scopes.ReadJobs | Scopes.WriteVideos));
        Assert.False(caller.May(Scopes.ReadJobs | Scopes.WriteJobs));
        Assert.True(new Caller("studio", null, Scopes.All).May(Scopes.AdministerKeys));
    }
}
