using System.Diagnostics;

namespace StableVideo.Editing;

/// <summary>Spans of the parts of stages, from the source <see cref="Name"/>. Nothing is made when nobody listens.</summary>
public static class EditingSpans
{
    /// <summary>Name of the activity source and of the meter.</summary>
    public const string Name = "StableVideo.Editing";

    private static readonly ActivitySource Source = new(Name);

    /// <summary>Begins a span; disposing it ends it.</summary>
    internal static Activity? Start(string name) => Source.StartActivity(name);

    /// <summary>Begins the span of a keyframe.</summary>
    internal static Activity? StartKeyframe(int frame) => Start("keyframe")?.SetTag("stablevideo.frame", frame);
}
