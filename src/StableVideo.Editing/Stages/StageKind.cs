namespace StableVideo.Editing;

/// <summary>The steps of an edit, in an order in which they may run one after another.</summary>
public enum StageKind
{
    /// <summary>Looks at the clip and its mask, and checks them against the limits and each other before anything is decoded at length.</summary>
    Probe,

    /// <summary>Video to foreground and background atlas, UV mappings and alpha.</summary>
    Decompose,

    /// <summary>Text edit of the background atlas.</summary>
    EditBackground,

    /// <summary>Text edit of the foreground keyframes, each conditioned on the earlier ones through the atlas.</summary>
    EditForeground,

    /// <summary>Edited keyframes to one edited foreground atlas.</summary>
    Aggregate,

    /// <summary>Edited atlases back to every frame, encoded.</summary>
    Compose,
}

/// <summary>Which stage needs which.</summary>
public static class StageGraph
{
    /// <summary>All stages; each comes after everything it depends on.</summary>
    public static IReadOnlyList<StageKind> All { get; } = Enum.GetValues<StageKind>();

    /// <summary>The stages whose results <paramref name="stage"/> reads directly.</summary>
    public static IReadOnlyList<StageKind> DependenciesOf(StageKind stage) => stage switch
    {
        StageKind.Probe => [],
        StageKind.Decompose => [StageKind.Probe],
        StageKind.EditBackground => [StageKind.Decompose],
        StageKind.EditForeground => [StageKind.Probe, StageKind.Decompose],
        StageKind.Aggregate => [StageKind.Decompose, StageKind.EditForeground],
        StageKind.Compose => [StageKind.Probe, StageKind.Decompose, StageKind.EditBackground, StageKind.Aggregate],
        _ => throw new ArgumentOutOfRangeException(nameof(stage), stage, "There is no such stage."),
    };
}
