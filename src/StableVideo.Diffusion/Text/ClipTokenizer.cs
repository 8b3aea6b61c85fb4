using System.Text.Json;
using Microsoft.ML.Tokenizers;

namespace StableVideo.Diffusion;

/// <summary>
/// CLIP's byte-level BPE tokenizer: lower-cased words whose last piece ends in <c>&lt;/w&gt;</c>, framed by a start and an end token and padded to one length.
/// </summary>
/// <remarks>Reads <c>vocab.json</c>, <c>merges.txt</c> and <c>tokenizer_config.json</c> of a diffusers folder. Thread safe.</remarks>
public sealed class ClipTokenizer
{
    private const string StartToken = "<|startoftext|>";
    private const string EndToken = "<|endoftext|>";
    private const string WordEnd = "</w>";
    private const int DefaultLength = 77;

    private readonly BpeTokenizer _pieces;
    private readonly HashSet<int> _wordEndings;
    private readonly int _start;
    private readonly int _end;
    private readonly int _pad;

    private ClipTokenizer(BpeTokenizer pieces, Dictionary<string, int> vocabulary, int length, int pad)
    {
        _pieces = pieces;
        _pad = pad;
        Length = length;
        _start = vocabulary[StartToken];
        _end = vocabulary[EndToken];
        _wordEndings = [.. vocabulary.Where(entry => entry.Key.EndsWith(WordEnd, StringComparison.Ordinal)).Select(entry => entry.Value)];
    }

    /// <summary>Number of ids every prompt is brought to: <c>model_max_length</c>, 77 for CLIP.</summary>
    public int Length { get; }

    /// <summary>Opens a diffusers <c>tokenizer</c> folder.</summary>
    /// <exception cref="ModelException">A file is missing or broken.</exception>
    public static ClipTokenizer Open(string folder)
    {
        var vocabularyPath = ModelFile.Require(folder, "vocab.json");
        var mergesPath = ModelFile.Require(folder, "merges.txt");
        var vocabulary = ReadVocabulary(vocabularyPath);
        var settings = ModelSettings.ReadOptional(Path.Combine(folder, "tokenizer_config.json"));
        var special = new Dictionary<string, int>(StringComparer.Ordinal)
        {
            [StartToken] = RequireToken(vocabulary, StartToken, vocabularyPath),
            [EndToken] = RequireToken(vocabulary, EndToken, vocabularyPath),
        };
        var padToken = settings?.TokenText("pad_token") ?? EndToken;
        try
        {
            var pieces = BpeTokenizer.Create(new BpeOptions(vocabularyPath, mergesPath)
            {
                ByteLevel = true,
                EndOfWordSuffix = WordEnd,
                PreTokenizer = new RegexPreTokenizer(PromptText.Word(), special),
                SpecialTokens = special,
            });
            var length = settings?.Integer("model_max_length", DefaultLength, 3, 4096) ?? DefaultLength;
            return new ClipTokenizer(pieces, vocabulary, length, RequireToken(vocabulary, padToken, vocabularyPath));
        }
        catch (Exception error) when (error is ArgumentException or InvalidOperationException or IOException or FormatException)
        {
            throw new ModelException($"The tokenizer in {folder} can not be read: {error.Message}", error);
        }
    }

    /// <summary>The ids of a prompt: start token, pieces, end token, padding; <see cref="Length"/> in all. What does not fit is cut off.</summary>
    public int[] Encode(string prompt)
    {
        var ids = _pieces.EncodeToIds(PromptText.Clean(prompt));
        var framed = new int[Length];
        framed[0] = _start;
        var kept = Math.Min(ids.Count, Length - 2);
        for (var i = 0; i < kept; i++)
            framed[i + 1] = ids[i];
        framed[kept + 1] = _end;
        framed.AsSpan(kept + 2).Fill(_pad);
        return framed;
    }

    /// <summary>Number of pieces a prompt has without start, end and padding; more than <see cref="Length"/> - 2 are cut off by <see cref="Encode"/>.</summary>
    public int Count(string prompt) => _pieces.CountTokens(PromptText.Clean(prompt));

    /// <summary>The words of a prompt that are not one token of their own, in order, each once. Punctuation and digits do not count.</summary>
    public IReadOnlyList<string> WordsInPieces(string prompt)
    {
        var text = PromptText.Clean(prompt);
        var unknown = new List<string>();
        foreach (var match in PromptText.Word().EnumerateMatches(text))
        {
            var word = text.Substring(match.Index, match.Length);
            if (!char.IsLetter(word[0]) || unknown.Contains(word))
                continue;
            var ids = _pieces.EncodeToIds(word);
            if (ids.Count != 1 || !_wordEndings.Contains(ids[0]))
                unknown.Add(word);
        }

        return unknown;
    }

    private static Dictionary<string, int> ReadVocabulary(string path)
    {
        try
        {
            return JsonSerializer.Deserialize<Dictionary<string, int>>(File.ReadAllBytes(path))
                ?? throw new ModelException($"{path} is empty; it must map tokens to ids.");
        }
        catch (Exception error) when (error is JsonException or IOException or UnauthorizedAccessException)
        {
            throw new ModelException($"{path} can not be read as a map of tokens to ids: {error.Message}", error);
        }
    }

    private static int RequireToken(Dictionary<string, int> vocabulary, string token, string path) =>
        vocabulary.TryGetValue(token, out var id) ? id : throw new ModelException($"{path} lacks the token {token}.");
}
