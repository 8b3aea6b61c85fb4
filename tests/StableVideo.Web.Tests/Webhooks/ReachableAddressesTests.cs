using System.Net;
using Microsoft.Extensions.Options;
using StableVideo.Web.Webhooks;

namespace StableVideo.Tests.Web.Webhooks;

public sealed class ReachableAddressesTests
{
    [Theory]
    [InlineData("93.184.216.34", true)]
    [InlineData("172.15.255.255", true)]
    [InlineData("172.32.0.1", true)]
    [InlineData("100.63.255.255", true)]
    [InlineData("2606:2800:220:1::1", true)]
    [InlineData("::ffff:93.184.216.34", true)]
    [InlineData("0.0.0.0", false)]
    [InlineData("10.1.2.3", false)]
    [InlineData("100.64.0.1", false)]
    [InlineData("127.0.0.1", false)]
    [InlineData("127.8.8.8", false)]
    [InlineData("169.254.169.254", false)]
    [InlineData("172.16.0.1", false)]
    [InlineData("172.31.255.255", false)]
    [InlineData("192.168.1.1", false)]
    [InlineData("198.18.0.1", false)]
    [InlineData("224.0.0.1", false)]
    [InlineData("255.255.255.255", false)]
    [InlineData("168.63.129.16", false)]
    [InlineData("::", false)]
    [InlineData("::1", false)]
    [InlineData("::ffff:10.0.0.1", false)]
    [InlineData("fe80::1", false)]
    [InlineData("fc00::1", false)]
    [InlineData("fd00:ec2::254", false)]
    [InlineData("ff02::1", false)]
    [InlineData("64:ff9b::a00:1", false)]
    [InlineData("2002:a00:1::", false)]
    [InlineData("2001:0:a00:1::", false)]
    [InlineData("2001:db8::1", false)]
    public void Only_the_internet_is_reachable(string address, bool isReachable) => Assert.Equal(isReachable, Of().Allows(IPAddress.Parse(address)));

    [Fact]
    public void Networks_that_the_operator_allows_are_reachable_too()
    {
        var addresses = Of("10.1.0.0/16", "fd00:1::/32");
        Assert.True(addresses.Allows(IPAddress.Parse("10.1.2.3")));
        Assert.True(addresses.Allows(IPAddress.Parse("::ffff:10.1.2.3")));
        Assert.True(addresses.Allows(IPAddress.Parse("fd00:1::7")));
        Assert.False(addresses.Allows(IPAddress.Parse("10.2.0.1")));
    }

    [Fact]
    public void Settings_that_make_no_sense_are_refused()
    {
        Assert.Contains("'home'", Assert.Single(new WebhookSettings { AllowedNetworks = { "home" } }.Validate()), StringComparison.Ordinal);
        Assert.Single(new WebhookSettings { Every = TimeSpan.Zero }.Validate());
        Assert.Equal(3, Math.Round(new WebhookSettings().Schedule.Aggregate(TimeSpan.Zero, (sum, pause) => sum + pause).TotalDays));
    }

    private static ReachableAddresses Of(params string[] allowed) => new(Options.Create(new WebhookSettings { AllowedNetworks = [.. allowed] }));
}
