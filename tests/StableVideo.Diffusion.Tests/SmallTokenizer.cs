using System.Text.Json;

namespace StableVideo.Diffusion.Tests;

/// <summary>A tokenizer folder in CLIP's format that holds given words (ASCII letters) whole; removed when disposed.</summary>
internal sealed class SmallTokenizer : IDisposable
{
    private readonly Dictionary<string, int> _vocabulary = new(StringComparer.Ordinal);

    public SmallTokenizer(string[] words, int length = 77, string pad = "<|endoftext|>", string? path = null)
    {
        Path = path ?? Directory.CreateTempSubdirectory("tokenizer-").FullName;
        Directory.CreateDirectory(Path);
        var merges = new List<string> { "#version: 0.2" };
        foreach (var suffix in (string[])["", "</w>"])
        {
            for (var c = '!'; c <= '~'; c++)
                Add(c + suffix);
        }

        foreach (var word in words)
        {
            // Left to right: r e -> re, re d</w> -> red</w>.
            for (var i = 1; i < word.Length; i++)
            {
                var end = i == word.Length - 1 ? "</w>" : "";
                if (Add(word[..(i + 1)] + end))
                    merges.Add($"{word[..i]} {word[i]}{end}");
            }
        }

        Add("<|startoftext|>");
        Add("<|endoftext|>");
        File.WriteAllText(System.IO.Path.Combine(Path, "vocab.json"), JsonSerializer.Serialize(_vocabulary));
        File.WriteAllLines(System.IO.Path.Combine(Path, "merges.txt"), merges);
        File.WriteAllText(System.IO.Path.Combine(Path, "tokenizer_config.json"), $$"""{"pad_token":{"content":"{{pad}}"},"model_max_length":{{length}} }""");
    }

    public string Path { get; }

    public int this[string token] => _vocabulary[token];

    public int Count => _vocabulary.Count;

    public void Dispose() => Directory.Delete(Path, recursive: true);

    private bool Add(string token) => _vocabulary.TryAdd(token, _vocabulary.Count);
}
