using System.Buffers.Text;
using System.Security.Cryptography;

namespace StableVideo.Web.Security;

/// <summary>The text of an API key: <c>sv_</c>, 26 lower-case letters and digits that name it, <c>_</c>, and 43 characters that only its holder knows (256 bits).</summary>
/// <param name="Id">Names the key; not secret.</param>
/// <param name="Secret">Proves that somebody holds it.</param>
public readonly record struct ApiKey(string Id, string Secret)
{
    private const string Prefix = "sv_";
    private const int IdLength = 26;
    private const int SecretLength = 43;
    private const string IdDigits = "abcdefghijklmnopqrstuvwxyz234567";

    /// <summary>A new random key.</summary>
    public static ApiKey Create() => new(RandomNumberGenerator.GetString(IdDigits, IdLength), Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(32)));

    /// <summary>Reads a key; <see langword="false"/> when <paramref name="text"/> has another form.</summary>
    public static bool TryParse(string? text, out ApiKey key)
    {
        key = default;
        if (text is not { Length: 3 + IdLength + 1 + SecretLength } || !text.StartsWith(Prefix, StringComparison.Ordinal) || text[3 + IdLength] != '_')
            return false;
        var (id, secret) = (text[3..(3 + IdLength)], text[(4 + IdLength)..]);
        if (!IsId(id) || !Base64Url.IsValid(secret))
            return false;
        key = new ApiKey(id, secret);
        return true;
    }

    /// <summary>Whether <paramref name="text"/> has the form of a key's id.</summary>
    public static bool IsId(string? text) => text is { Length: IdLength } && text.All(IdDigits.Contains);

    /// <summary>What is kept in place of the secret. A secret of 256 random bits needs no slow hash.</summary>
    public byte[] Hash() => SHA256.HashData(System.Text.Encoding.ASCII.GetBytes(Secret));

    /// <summary>The whole text: show it once, never log it.</summary>
    public string Reveal() => $"{Prefix}{Id}_{Secret}";

    /// <summary>The part that is not secret.</summary>
    public override string ToString() => $"{Prefix}{Id}_...";
}
