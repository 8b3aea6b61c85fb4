using System.Globalization;
using System.Text;
using StableVideo.Client;

namespace StableVideo.Tests.Client;

public sealed class WebhookSignatureTests
{
    // The example of the specification's own libraries.
    private const string Secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
    private const string Id = "msg_p5jXN8AQM9LWM0D4loKWxJek";
    private const string Signature = "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=";
    private static readonly DateTimeOffset At = DateTimeOffset.FromUnixTimeSeconds(1614265330);
    private static readonly byte[] Body = Encoding.UTF8.GetBytes("{\"test\": 2432232314}");

    private static string Timestamp => At.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture);

    [Fact]
    public void The_example_of_the_specification_is_met()
    {
        Assert.Equal(Signature, WebhookSignature.Sign(Secret, Id, At, Body));
        Assert.True(WebhookSignature.Verify(Secret, Id, Timestamp, Signature, Body, At));
        Assert.True(WebhookSignature.Verify(Secret, Id, Timestamp, $"v1,AAAA v2,xyz {Signature}", Body, At));
    }

    [Fact]
    public void Whatever_was_changed_is_not_believed()
    {
        Assert.False(WebhookSignature.Verify(Secret, Id, Timestamp, Signature, [.. Body, 32], At));
        Assert.False(WebhookSignature.Verify(Secret, "msg_other", Timestamp, Signature, Body, At));
        Assert.False(WebhookSignature.Verify(Secret, Id, "1614265331", Signature, Body, At));
        Assert.False(WebhookSignature.Verify(Secret, Id, Timestamp, Signature, Body, At + TimeSpan.FromMinutes(6)));
        Assert.False(WebhookSignature.Verify(WebhookSignature.CreateSecret(), Id, Timestamp, Signature, Body, At));
        Assert.False(WebhookSignature.Verify(Secret, Id, Timestamp, Signature[3..], Body, At));
        Assert.False(WebhookSignature.Verify(Secret, Id, Timestamp, "v1,", Body, At));
        Assert.False(WebhookSignature.Verify(Secret, null, null, null, Body, At));
        Assert.False(WebhookSignature.Verify("whsec_", Id, Timestamp, Signature, Body, At));
    }

    [Fact]
    public void Secrets_have_a_form()
    {
        Assert.True(WebhookSignature.IsSecret(WebhookSignature.CreateSecret()));
        Assert.False(WebhookSignature.IsSecret("whsec_c2hvcnQ="));
        Assert.False(WebhookSignature.IsSecret("MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"));
        Assert.Throws<ArgumentException>(() => WebhookSignature.Sign("secret", Id, At, Body));
    }
}
