using StableVideo.Diffusion;

namespace StableVideo.Editing;

/// <summary>Remarks about prompts.</summary>
public static class PromptNotes
{
    /// <summary>A sentence that names the words a model has never learned; <see langword="null"/> when it knows them all.</summary>
    /// <param name="model">The model that will read the prompts.</param>
    /// <param name="prompt">What to paint.</param>
    /// <param name="negativePrompt">What to steer away from.</param>
    public static string? UnknownWords(ImageModel model, string prompt, string negativePrompt)
    {
        ArgumentNullException.ThrowIfNull(model);
        var unknown = model.UnknownWords($"{prompt} {negativePrompt}");
        return unknown.Count == 0 ? null : $"The model {model.Info.Name} does not know: {string.Join(", ", unknown)}.";
    }
}
