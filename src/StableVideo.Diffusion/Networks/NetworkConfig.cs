using System.Text.Json;

namespace StableVideo.Diffusion.Networks;

/// <summary>The config.json of one network folder. Every complaint names the file, the key and the value.</summary>
internal sealed class NetworkConfig
{
    private readonly JsonElement _root;

    private NetworkConfig(string path, JsonElement root) => (Path, _root) = (path, root);

    public string Path { get; }

    public static NetworkConfig Read(string folder)
    {
        var path = System.IO.Path.Combine(folder, "config.json");
        return new NetworkConfig(path, ModelSettings.ReadObject(path));
    }

    public bool IsNull(string key) => !_root.TryGetProperty(key, out var value) || value.ValueKind == JsonValueKind.Null;

    public int Integer(string key, int? fallback = null) =>
        Find(key, fallback is not null) is not { } value ? fallback!.Value
        : value.ValueKind == JsonValueKind.Number && value.TryGetInt32(out var number) && number > 0 ? number
        : throw Unsupported(key, "a positive integer");

    public float Number(string key, float fallback) =>
        Find(key, optional: true) is not { } value ? fallback
        : value.ValueKind == JsonValueKind.Number ? value.GetSingle()
        : throw Unsupported(key, "a number");

    public bool Flag(string key, bool fallback) =>
        Find(key, optional: true) is not { } value ? fallback
        : value.ValueKind is JsonValueKind.True or JsonValueKind.False ? value.GetBoolean()
        : throw Unsupported(key, "true or false");

    public string Text(string key, string? fallback = null) =>
        Find(key, fallback is not null) is not { } value ? fallback!
        : value.ValueKind == JsonValueKind.String ? value.GetString()!
        : throw Unsupported(key, "a string");

    public string[] Texts(string key)
    {
        var value = Find(key, optional: false)!.Value;
        if (value.ValueKind != JsonValueKind.Array || value.EnumerateArray().Any(item => item.ValueKind != JsonValueKind.String))
            throw Unsupported(key, "a list of strings");
        return [.. value.EnumerateArray().Select(item => item.GetString()!)];
    }

    /// <summary>A list of <paramref name="count"/> positive integers (any number where it is null); a single number stands for all of them.</summary>
    public int[] Integers(string key, int? count = null, int? fallback = null)
    {
        if (Find(key, fallback is not null) is not { } value)
            return [.. Enumerable.Repeat(fallback!.Value, count!.Value)];
        if (value.ValueKind == JsonValueKind.Number && count is not null)
            return [.. Enumerable.Repeat(Integer(key), count.Value)];
        if (value.ValueKind != JsonValueKind.Array || (count is not null && value.GetArrayLength() != count))
            throw Unsupported(key, count is null ? "a list of integers" : $"an integer or a list of {count}");
        return [.. value.EnumerateArray().Select(item => item.ValueKind == JsonValueKind.Number && item.TryGetInt32(out var number) && number > 0
            ? number
            : throw Unsupported(key, "made of positive integers"))];
    }

    /// <summary>Refuses the network where a setting is there, is not null, and is none of the supported values.</summary>
    public void Require(string key, params string[] supported)
    {
        if (!IsNull(key) && !supported.Contains(_root.GetProperty(key).ToString(), StringComparer.OrdinalIgnoreCase))
            throw Unsupported(key, supported.Length == 0 ? "null" : string.Join(" or ", supported));
    }

    public ModelException Unsupported(string key, string expected) =>
        new($"{Path}: \"{key}\" is {(IsNull(key) ? "null" : _root.GetProperty(key).GetRawText())}, which is not supported; it must be {expected}.");

    private JsonElement? Find(string key, bool optional) =>
        !IsNull(key) ? _root.GetProperty(key)
        : optional ? null
        : throw new ModelException($"{Path} lacks \"{key}\".");
}
