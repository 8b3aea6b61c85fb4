using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace StableVideo.Client;

/// <summary>
/// Signatures of events, as in the specification Standard Webhooks: HMAC-SHA256 over <c>{webhook-id}.{webhook-timestamp}.{body}</c>. Receivers call
/// <see cref="Verify"/> before they believe anything.
/// </summary>
public static class WebhookSignature
{
    /// <summary>Header that names the event: one that has come before may be passed over.</summary>
    public const string IdHeader = "webhook-id";

    /// <summary>Header with the time of sending in seconds since 1970.</summary>
    public const string TimestampHeader = "webhook-timestamp";

    /// <summary>Header with the signatures, <c>v1,</c> and base64 each, separated by blanks.</summary>
    public const string SignatureHeader = "webhook-signature";

    private const string SecretPrefix = "whsec_";
    private const string Version = "v1,";
    private static readonly TimeSpan Tolerance = TimeSpan.FromMinutes(5);

    /// <summary>Makes a secret of 32 random bytes.</summary>
    public static string CreateSecret() => SecretPrefix + Convert.ToBase64String(RandomNumberGenerator.GetBytes(32));

    /// <summary>Whether a text is a secret: <c>whsec_</c> and 24 to 64 bytes in base64.</summary>
    public static bool IsSecret(string text) => TryRead(text, out _);

    /// <summary>Signs an event.</summary>
    /// <param name="secret">The webhook's secret.</param>
    /// <param name="id">Name of the event.</param>
    /// <param name="timestamp">Time of sending.</param>
    /// <param name="body">The body as it is sent.</param>
    /// <returns>One signature for <see cref="SignatureHeader"/>.</returns>
    /// <exception cref="ArgumentException"><paramref name="secret"/> is none.</exception>
    public static string Sign(string secret, string id, DateTimeOffset timestamp, ReadOnlySpan<byte> body)
    {
        if (!TryRead(secret, out var key))
            throw new ArgumentException("A secret is whsec_ and 24 to 64 bytes in base64.", nameof(secret));
        return Version + Convert.ToBase64String(Hash(key, id, timestamp.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture), body));
    }

    /// <summary>Whether an event was signed by who knows the secret, at most five minutes ago.</summary>
    /// <param name="secret">The webhook's secret.</param>
    /// <param name="id">The header <see cref="IdHeader"/>.</param>
    /// <param name="timestamp">The header <see cref="TimestampHeader"/>.</param>
    /// <param name="signatures">The header <see cref="SignatureHeader"/>.</param>
    /// <param name="body">The body as it came.</param>
    /// <param name="now">The present time.</param>
    public static bool Verify(string secret, string? id, string? timestamp, string? signatures, ReadOnlySpan<byte> body, DateTimeOffset now)
    {
        if (id is null || signatures is null || !TryRead(secret, out var key)
            || !long.TryParse(timestamp, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds)
            || Math.Abs(now.ToUnixTimeSeconds() - (double)seconds) > Tolerance.TotalSeconds)
        {
            return false;
        }

        var expected = Hash(key, id, timestamp, body);
        var given = new byte[SHA256.HashSizeInBytes];
        var matches = false;
        foreach (var signature in signatures.Split(' ', StringSplitOptions.RemoveEmptyEntries))
        {
            matches |= signature.StartsWith(Version, StringComparison.Ordinal)
                && Convert.TryFromBase64String(signature[Version.Length..], given, out var length)
                && CryptographicOperations.FixedTimeEquals(expected, given.AsSpan(0, length));
        }

        return matches;
    }

    private static byte[] Hash(byte[] key, string id, string timestamp, ReadOnlySpan<byte> body)
    {
        using var hash = IncrementalHash.CreateHMAC(HashAlgorithmName.SHA256, key);
        hash.AppendData(Encoding.UTF8.GetBytes($"{id}.{timestamp}."));
        hash.AppendData(body);
        return hash.GetHashAndReset();
    }

    private static bool TryRead(string text, out byte[] key)
    {
        key = [];
        if (text is not { Length: <= 128 } || !text.StartsWith(SecretPrefix, StringComparison.Ordinal))
            return false;
        var bytes = new byte[96];
        if (!Convert.TryFromBase64String(text[SecretPrefix.Length..], bytes, out var length) || length is < 24 or > 64)
            return false;
        key = bytes[..length];
        return true;
    }
}
