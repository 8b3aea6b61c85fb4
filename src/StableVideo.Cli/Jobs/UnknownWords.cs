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
        string?[] prompts = [settings.ForegroundPrompt, settings.BackgroundPrompt];
        return [.. prompts.OfType<string>().Select(prompt => PromptNotes.UnknownWords(model, prompt, settings.NegativePrompt)).OfType<string>().Distinct()];
    }
}
