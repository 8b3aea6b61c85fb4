namespace StableVideo.Editing;

/// <summary>Section 3.2: <c>Ab' = Gb(Ab, prompt)</c>, one pass over the whole background atlas.</summary>
internal static class EditBackgroundStage
{
    public static async Task<StageOutput> RunAsync(StageContext context)
    {
        var output = new StageOutput();
        if (context.Settings.BackgroundPrompt is not { } prompt)
            return output;
        var decomposition = await context.LoadDecompositionAsync();
        var model = context.Model();
        output.AddModel(model, prompt, context.Settings.NegativePrompt);
        using (EditingSpans.Start("paint background"))
        {
            var edited = BackgroundEdit.Paint(decomposition.Background, model.Network, context.Settings, context.Report, context.Previews, context.Cancellation);
            output.Artifacts[ArtifactNames.EditedBackgroundAtlas] = await context.PutPngAsync(edited);
        }

        return output;
    }
}
