using System.Text.Json;

namespace StableVideo.Diffusion;

/// <summary>A JSON configuration file, or an object within one, whose readers say which key of which file is wrong.</summary>
internal sealed class ModelSettings
{
    private readonly string _source;
    private readonly JsonElement _root;

    private ModelSettings(string source, JsonElement root)
    {
        _source = source;
        _root = root;
    }

    /// <summary>Reads a file that must be there.</summary>
    /// <exception cref="ModelException">Missing, unreadable, or not a JSON object.</exception>
    public static ModelSettings Read(string folder, string name) => Parse(ModelFile.Require(folder, name));

    /// <summary>Reads a file that may be absent.</summary>
    /// <exception cref="ModelException">Unreadable, or not a JSON object.</exception>
    public static ModelSettings? ReadOptional(string path) => File.Exists(path) ? Parse(path) : null;

    /// <summary>The JSON object that a file holds.</summary>
    /// <exception cref="ModelException">Unreadable, or not a JSON object.</exception>
    public static JsonElement ReadObject(string path)
    {
        try
        {
            using var document = JsonDocument.Parse(File.ReadAllBytes(path));
            if (document.RootElement.ValueKind == JsonValueKind.Object)
                return document.RootElement.Clone();
        }
        catch (Exception error) when (error is JsonException or IOException or UnauthorizedAccessException)
        {
            throw new ModelException($"{path} can not be read as JSON: {error.Message}", error);
        }

        throw new ModelException($"{path} must hold a JSON object.");
    }

    /// <summary>A nested object, or null where the key is absent.</summary>
    public ModelSettings? Section(string key) => Find(key) is not { } value
        ? null
        : value.ValueKind == JsonValueKind.Object ? new ModelSettings($"{_source}, \"{key}\"", value) : throw Wrong(key, "an object");

    /// <summary>A text, or null where the key is absent.</summary>
    public string? Text(string key) => Find(key) is not { } value
        ? null
        : value.ValueKind == JsonValueKind.String ? value.GetString() : throw Wrong(key, "a text");

    /// <summary>A token given as a text or, as tokenizers save it, as an object with its <c>content</c>; null where the key is absent.</summary>
    public string? TokenText(string key) => Find(key) is { ValueKind: JsonValueKind.Object } ? Section(key)!.Text("content") : Text(key);

    /// <summary>The last text of a pair such as <c>["diffusers", "UNet2DConditionModel"]</c>; null where the key is absent or the pair holds nulls.</summary>
    public string? ClassOf(string key)
    {
        if (Find(key) is not { } value)
            return null;
        if (value.ValueKind != JsonValueKind.Array || value.GetArrayLength() != 2)
            throw Wrong(key, "a pair of library and class");
        return value[1].ValueKind == JsonValueKind.Null ? null : value[1].GetString();
    }

    /// <summary>A number within limits, or the fallback where the key is absent.</summary>
    public double Number(string key, double fallback, double least, double most)
    {
        if (Find(key) is not { } value)
            return fallback;
        return value.ValueKind == JsonValueKind.Number && value.GetDouble() is var number && number >= least && number <= most
            ? number
            : throw Wrong(key, $"a number from {least} to {most}");
    }

    /// <summary>A whole number within limits, or the fallback where the key is absent. Numbers beyond <paramref name="most"/> that stand for "no limit" give the fallback.</summary>
    public int Integer(string key, int fallback, int least, int most)
    {
        if (Find(key) is not { } value)
            return fallback;
        if (value.ValueKind == JsonValueKind.Number && value.GetDouble() >= 1e18)
            return fallback;
        return value.ValueKind == JsonValueKind.Number && value.TryGetInt32(out var number) && number >= least && number <= most
            ? number
            : throw Wrong(key, $"a whole number from {least} to {most}");
    }

    /// <summary>True or false, or the fallback where the key is absent.</summary>
    public bool Flag(string key, bool fallback) => Find(key)?.ValueKind switch
    {
        null => fallback,
        JsonValueKind.True => true,
        JsonValueKind.False => false,
        _ => throw Wrong(key, "true or false"),
    };

    /// <summary>Three numbers, one for each colour, or the fallback where the key is absent.</summary>
    public double[] Colour(string key, double[] fallback)
    {
        if (Find(key) is not { } value)
            return fallback;
        if (value.ValueKind != JsonValueKind.Array || value.GetArrayLength() != 3 || value.EnumerateArray().Any(item => item.ValueKind != JsonValueKind.Number))
            throw Wrong(key, "three numbers");
        return [.. value.EnumerateArray().Select(item => item.GetDouble())];
    }

    /// <summary>Number of entries of a list, or the fallback where the key is absent.</summary>
    public int CountOf(string key, int fallback) => Find(key) is not { } value
        ? fallback
        : value.ValueKind == JsonValueKind.Array ? value.GetArrayLength() : throw Wrong(key, "a list");

    /// <summary>One of the known texts, or the fallback where the key is absent.</summary>
    public T Choice<T>(string key, T fallback, IReadOnlyDictionary<string, T> known) => Text(key) is not { } text
        ? fallback
        : known.TryGetValue(text, out var choice) ? choice : throw Unsupported(key, text, known.Keys);

    /// <summary>The error for a value this product does not support.</summary>
    public ModelException Unsupported(string key, string value, IEnumerable<string> supported) =>
        new($"{_source}: \"{key}\" is \"{value}\", which is not supported. Supported: {string.Join(", ", supported)}.");

    private ModelException Wrong(string key, string expected) => new($"{_source}: \"{key}\" is {_root.GetProperty(key).GetRawText()}; it must be {expected}.");

    private JsonElement? Find(string key) => _root.TryGetProperty(key, out var value) && value.ValueKind != JsonValueKind.Null ? value : null;

    private static ModelSettings Parse(string path) => new(path, ReadObject(path));
}
