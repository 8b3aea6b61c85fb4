using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace StableVideo.Storage;

/// <summary>Names an artifact by its content: <c>sha256-</c> followed by 64 lower-case hexadecimal digits.</summary>
/// <param name="Value">The name; use <see cref="Parse"/> for text that comes from outside.</param>
[JsonConverter(typeof(ArtifactIdJsonConverter))]
public readonly record struct ArtifactId(string Value)
{
    /// <summary>What every id starts with.</summary>
    public const string Prefix = "sha256-";

    private const int Length = 7 + 64;

    /// <summary>The id of <paramref name="content"/>.</summary>
    public static ArtifactId Of(ReadOnlySpan<byte> content)
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(content, hash);
        return FromHash(hash);
    }

    /// <summary>The id made of a finished SHA-256 <paramref name="hash"/> (32 bytes).</summary>
    public static ArtifactId FromHash(ReadOnlySpan<byte> hash)
    {
        if (hash.Length != SHA256.HashSizeInBytes)
            throw new ArgumentException($"A SHA-256 hash has 32 bytes, got {hash.Length}.", nameof(hash));
        return new(Prefix + Convert.ToHexStringLower(hash));
    }

    /// <summary>Checks the form of <paramref name="text"/>.</summary>
    public static bool TryParse(string? text, out ArtifactId id)
    {
        id = default;
        if (text is not { Length: Length } || !text.StartsWith(Prefix, StringComparison.Ordinal))
            return false;
        foreach (var digit in text.AsSpan(Prefix.Length))
        {
            if (!char.IsAsciiHexDigitLower(digit))
                return false;
        }

        id = new(text);
        return true;
    }

    /// <summary>Reads an id.</summary>
    /// <exception cref="FormatException"><paramref name="text"/> is not an artifact id.</exception>
    public static ArtifactId Parse(string? text) => TryParse(text, out var id)
        ? id
        : throw new FormatException($"'{text}' is not an artifact id. Ids read 'sha256-' and 64 lower-case hexadecimal digits.");

    /// <inheritdoc/>
    public override string ToString() => Value ?? string.Empty;
}

/// <summary>Writes an <see cref="ArtifactId"/> as a JSON string and as a property name.</summary>
public sealed class ArtifactIdJsonConverter : JsonConverter<ArtifactId>
{
    /// <inheritdoc/>
    public override ArtifactId Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) => FromJson(reader.GetString());

    /// <inheritdoc/>
    public override void Write(Utf8JsonWriter writer, ArtifactId value, JsonSerializerOptions options) => writer.WriteStringValue(value.Value);

    /// <inheritdoc/>
    public override ArtifactId ReadAsPropertyName(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) => FromJson(reader.GetString());

    /// <inheritdoc/>
    public override void WriteAsPropertyName(Utf8JsonWriter writer, ArtifactId value, JsonSerializerOptions options) => writer.WritePropertyName(value.Value);

    private static ArtifactId FromJson(string? text) => ArtifactId.TryParse(text, out var id)
        ? id
        : throw new JsonException($"'{text}' is not an artifact id. Ids read 'sha256-' and 64 lower-case hexadecimal digits.");
}
