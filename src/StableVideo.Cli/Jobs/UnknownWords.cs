using StableVideo.Diffusion;
using StableVideo.Editing;

namespace StableVideo.Cli.Jobs;

/// <summary>Says before anything is computed which words of the prompts the image model has never learned.</summary>
public static class UnknownWords
{
    /// <summary>Opens the model, which also finds out early that it can not be used.</summary>
    /// <param name="settings">The prompts and the model's name.</param>
    /// <param name="models">Where models are found.</param>
    /// <returns>One sentence per prompt with unknown words.</returns>
    /// <exception cref="ModelException">The model is missing or not supported.</exception>
    public static IReadOnlyList<string> Check(EditSettings settings, ModelCatalogue models)
    {
        if (settings.ReconstructionOnly) return [];
        using var model = ImageModel.Open(models.Resolve(settings.Model));
        return
        [
            .. Sentence(model, "foreground", settings.ForegroundPrompt),
            .. Sentence(model, "background", settings.BackgroundPrompt),
        ];
    }

    private static IEnumerable<string> Sentence(ImageModel model, string layer, string? prompt)
    {
        var words = prompt is null ? [] : model.UnknownWords(prompt);
        if (words.Count > 0)
            yield return $"The model {model.Info.Name} does not know {Listed(words)} in the {layer} prompt; {(words.Count == 1 ? "it is" : "they are")} ignored.";
    }

    private static string Listed(IReadOnlyList<string> words)
    {
        var quoted = words.Select(word => $"\"{word}\"").ToList();
        return quoted.Count == 1 ? quoted[0] : $"{string.Join(", ", quoted[..^1])} and {quoted[^1]}";
    }
}
