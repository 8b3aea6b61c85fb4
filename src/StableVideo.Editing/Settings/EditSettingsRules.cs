namespace StableVideo.Editing;

/// <summary>One rule a line; all broken rules are reported together.</summary>
internal static class EditSettingsRules
{
    private const int LongestPrompt = 1000;

    public static IReadOnlyList<string> Check(EditSettings s)
    {
        var errors = new List<string>();
        Prompts(s, errors);
        Keyframes(s, errors);
        Range("Keyframe count", s.KeyframeCount, 1, 16, errors);
        if (s.Steps is { } steps)
            Range("Steps", steps, 1, 200, errors);
        if (s.GuidanceScale is { } guidance)
            Range("Guidance scale", guidance, 0, 50, errors);
        if (s.Strength is { } strength && !(strength is > 0 and <= 1))
            errors.Add($"Strength is {strength} but must be above 0 and at most 1.");
        Range("Control scale", s.ControlScale, 0, 2, errors);
        Range("Max frames", s.MaxFrames, 1, 10000, errors);
        Range("Aggregation steps", s.AggregationSteps, 0, 2000, errors);
        Range("Detail carry", s.DetailCarry, 0, 1, errors);
        if (string.IsNullOrWhiteSpace(s.Model))
            errors.Add("Model is empty. Name a model folder, or \"embedded\".");
        return errors;
    }

    private static void Prompts(EditSettings s, List<string> errors)
    {
        var anyPrompt = s.ForegroundPrompt is not null || s.BackgroundPrompt is not null;
        if (!anyPrompt && !s.ReconstructionOnly)
            errors.Add("Nothing to edit. Give a foreground prompt, a background prompt, or both.");
        if (anyPrompt && s.ReconstructionOnly)
            errors.Add("A reconstruction edits nothing. Leave out the prompts.");
        if (s.ForegroundPrompt is { } foreground && string.IsNullOrWhiteSpace(foreground))
            errors.Add("The foreground prompt is empty. Leave it out to keep the object as it is.");
        if (s.BackgroundPrompt is { } background && string.IsNullOrWhiteSpace(background))
            errors.Add("The background prompt is empty. Leave it out to keep the surroundings as they are.");
        if (s.NegativePrompt is null)
            errors.Add("The negative prompt is missing. Use an empty text for none.");
        foreach (var (name, prompt) in new[] { ("foreground", s.ForegroundPrompt), ("background", s.BackgroundPrompt), ("negative", s.NegativePrompt) })
        {
            if (prompt?.Length > LongestPrompt)
                errors.Add($"The {name} prompt has {prompt.Length} characters; at most {LongestPrompt} are accepted.");
        }
    }

    private static void Keyframes(EditSettings s, List<string> errors)
    {
        if (s.Keyframes is not { } keyframes)
            return;
        if (keyframes.Count is < 1 or > 16)
            errors.Add($"{keyframes.Count} keyframes were given; give 1 to 16, or leave them out to have them chosen.");
        foreach (var negative in keyframes.Where(k => k < 0))
            errors.Add($"Keyframe {negative} is negative; frames are numbered from 0.");
        foreach (var twice in keyframes.GroupBy(k => k).Where(g => g.Count() > 1))
            errors.Add($"Keyframe {twice.Key} is listed {twice.Count()} times; list each frame once.");
    }

    private static void Range(string name, double value, double lowest, double highest, List<string> errors)
    {
        if (!(value >= lowest && value <= highest))
            errors.Add($"{name} is {value} but must be between {lowest} and {highest}.");
    }
}
