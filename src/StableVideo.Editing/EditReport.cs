namespace StableVideo.Editing;

/// <summary>What <c>report.json</c> holds: enough to understand an edit and to repeat it.</summary>
/// <param name="Product">Name and version of the program.</param>
/// <param name="Video">Artifact id of the clip.</param>
/// <param name="Mask">Artifact id of the mask, if any.</param>
/// <param name="MaskKind">How the mask was read.</param>
/// <param name="Settings">What was asked for, the seed among it.</param>
/// <param name="Keyframes">Frame numbers in the order edited.</param>
/// <param name="Psnr">Of the reconstruction from the unedited atlases, dB.</param>
/// <param name="WarpingError">Steadiness of the edit: mean absolute difference of neighbouring frames along the flow, grey levels.</param>
/// <param name="SourceWarpingError">The same of the source.</param>
/// <param name="TotalSeconds">Computing time of all stages, including results that were found rather than computed.</param>
/// <param name="Stages">Each stage.</param>
/// <param name="Notes">Remarks, e.g. words the model does not know.</param>
public sealed record EditReport(
    string Product,
    string Video,
    string? Mask,
    MaskKind MaskKind,
    EditSettings Settings,
    string Keyframes,
    double? Psnr,
    double? WarpingError,
    double? SourceWarpingError,
    double TotalSeconds,
    IReadOnlyDictionary<StageKind, EditReportStage> Stages,
    IReadOnlyList<string> Notes)
{
    /// <summary>Artifact id of the mask that protects parts of the background, if any.</summary>
    public string? ProtectBackground { get; init; }

    /// <summary>Artifact id of the mask that protects parts of the object, if any.</summary>
    public string? ProtectForeground { get; init; }

    /// <summary>Frames in which the object was marked, with the artifact ids of their masks; <see langword="null"/>: none were.</summary>
    public IReadOnlyDictionary<int, string>? Marks { get; init; }

    /// <summary>The report of a finished edit.</summary>
    public static EditReport Create(JobInputs inputs, IReadOnlyDictionary<StageKind, StageResult> results)
    {
        ArgumentNullException.ThrowIfNull(inputs);
        ArgumentNullException.ThrowIfNull(results);
        double? Metric(StageKind stage, string name) => results.TryGetValue(stage, out var result) && result.Metrics.TryGetValue(name, out var value) ? value : null;
        var stages = StageGraph.All.Where(results.ContainsKey).ToDictionary(stage => stage, stage => EditReportStage.Create(results[stage]));
        return new EditReport(
            $"StableVideo Cluster {typeof(EditReport).Assembly.GetName().Version?.ToString(3)}",
            inputs.Video.Value,
            inputs.Mask?.Value,
            inputs.MaskKind,
            inputs.Settings,
            results.TryGetValue(StageKind.EditForeground, out var foreground) ? foreground.Facts.GetValueOrDefault("keyframes", "") : "",
            Metric(StageKind.Decompose, "psnr"),
            Metric(StageKind.Compose, "warpingError"),
            Metric(StageKind.Compose, "sourceWarpingError"),
            Math.Round(results.Values.Sum(r => r.Seconds), 3),
            stages,
            [.. results.OrderBy(r => r.Key).SelectMany(r => r.Value.Notes).Distinct()])
        {
            ProtectBackground = inputs.ProtectBackground?.Value,
            ProtectForeground = inputs.ProtectForeground?.Value,
            Marks = inputs.Marks.Count > 0 ? inputs.Marks.ToDictionary(mark => mark.Frame, mark => mark.Mask.Value) : null,
        };
    }
}

/// <summary>One stage in a report.</summary>
/// <param name="Key">Hash of everything that determined the result.</param>
/// <param name="Seconds">Time of the computation.</param>
/// <param name="Metrics">Figures.</param>
/// <param name="Facts">Model, digest, codec.</param>
/// <param name="Artifacts">Ids by name.</param>
public sealed record EditReportStage(
    string Key,
    double Seconds,
    IReadOnlyDictionary<string, double> Metrics,
    IReadOnlyDictionary<string, string> Facts,
    IReadOnlyDictionary<string, string> Artifacts)
{
    /// <summary>The stage's part of the report.</summary>
    public static EditReportStage Create(StageResult result)
    {
        ArgumentNullException.ThrowIfNull(result);
        return new(result.Key, result.Seconds, result.Metrics, result.Facts, result.Artifacts.ToDictionary(a => a.Key, a => a.Value.Value));
    }
}
