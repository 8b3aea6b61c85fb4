using System.Text.Json;
using StableVideo.Tests;

namespace StableVideo.Diffusion.Tests.Text;

public class ClipTokenizerTests
{
    [Fact]
    public void Gives_the_ids_of_the_reference_for_every_golden_prompt()
    {
        var folder = SharedFolder.Require("fixtures/clip-tokenizer");
        var tokenizer = ClipTokenizer.Open(folder);
        using var golden = JsonDocument.Parse(File.ReadAllText(Path.Combine(folder, "golden.json")));

        var cases = golden.RootElement.EnumerateArray().ToList();
        Assert.True(cases.Count >= 20);
        Assert.All(cases, entry => Assert.Equal(
            entry.GetProperty("ids").EnumerateArray().Select(id => id.GetInt32()),
            tokenizer.Encode(entry.GetProperty("prompt").GetString()!)));
    }

    [Fact]
    public void Length_and_padding_come_from_the_configuration()
    {
        using var folder = new SmallTokenizer(["red", "car"], length: 8, pad: "!");
        var tokenizer = ClipTokenizer.Open(folder.Path);

        Assert.Equal(8, tokenizer.Length);
        Assert.Equal([folder["<|startoftext|>"], folder["red</w>"], folder["car</w>"], folder["<|endoftext|>"], folder["!"], folder["!"], folder["!"], folder["!"]],
            tokenizer.Encode("Red  CAR"));
    }

    [Fact]
    public void A_prompt_that_is_too_long_is_cut_before_the_end_token()
    {
        using var folder = new SmallTokenizer(["red"], length: 5);
        var red = folder["red</w>"];

        Assert.Equal([folder["<|startoftext|>"], red, red, red, folder["<|endoftext|>"]], ClipTokenizer.Open(folder.Path).Encode("red red red red red"));
    }

    [Fact]
    public void Words_in_pieces_are_the_ones_the_vocabulary_does_not_hold_whole()
    {
        using var folder = new SmallTokenizer(["red", "car", "a"]);
        var tokenizer = ClipTokenizer.Open(folder.Path);

        Assert.Empty(tokenizer.WordsInPieces("A red car, 1960!"));
        Assert.Equal(["flying", "purple"], tokenizer.WordsInPieces("a flying purple car, flying"));
    }

    [Theory]
    [InlineData("vocab.json")]
    [InlineData("merges.txt")]
    public void A_missing_file_is_named(string file)
    {
        using var folder = new SmallTokenizer(["red"]);
        File.Delete(Path.Combine(folder.Path, file));

        var error = Assert.Throws<ModelException>(() => ClipTokenizer.Open(folder.Path));
        Assert.Equal($"The model folder {folder.Path} lacks {file}.", error.Message);
    }

    [Fact]
    public void A_vocabulary_without_an_end_token_is_refused()
    {
        using var folder = new SmallTokenizer(["red"]);
        var path = Path.Combine(folder.Path, "vocab.json");
        File.WriteAllText(path, File.ReadAllText(path).Replace("endoftext", "fin", StringComparison.Ordinal));

        var error = Assert.Throws<ModelException>(() => ClipTokenizer.Open(folder.Path));
        Assert.Equal($"{path} lacks the token <|endoftext|>.", error.Message);
    }
}
