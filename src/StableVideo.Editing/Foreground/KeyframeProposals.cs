using System.Globalization;
using StableVideo.Atlas;

namespace StableVideo.Editing;

/// <summary>The automatic choice of keyframes, made when a clip is decomposed, so that it can be seen before anything is edited.</summary>
/// <remarks>
/// The choice is greedy: that of fewer keyframes is the beginning of that of more. Written into the facts of the decomposition, frame numbers separated by
/// spaces: <see cref="Chosen"/> for the default count, <see cref="Order"/> for up to 16. Absent where no frame shows an object.
/// </remarks>
public static class KeyframeProposals
{
    /// <summary>Name of the fact that lists what is chosen for the default count.</summary>
    public const string Chosen = "keyframes";

    /// <summary>Name of the fact that lists the order in which up to 16 are chosen.</summary>
    public const string Order = "keyframe-order";

    /// <summary>Most keyframes of an edit.</summary>
    internal const int Most = 16;

    /// <summary>The frames that an edit with <paramref name="count"/> automatic keyframes edits, in its order; <see langword="null"/> if the decomposition does not tell.</summary>
    /// <param name="decompose">Result of the stage <see cref="StageKind.Decompose"/>.</param>
    /// <param name="count">At most this many.</param>
    public static IReadOnlyList<int>? Of(StageResult decompose, int count)
    {
        ArgumentNullException.ThrowIfNull(decompose);
        return decompose.Facts.TryGetValue(Order, out var order)
            ? [.. order.Split(' ').Take(count).Select(frame => int.Parse(frame, CultureInfo.InvariantCulture))]
            : null;
    }

    internal static string ToText(IEnumerable<int> frames) => string.Join(' ', frames);

    internal static void AddTo(Dictionary<string, string> facts, Decomposition decomposition, CancellationToken cancellationToken)
    {
        var seen = AtlasCells.Seen(decomposition, cancellationToken);
        if (seen.Count == 0)
            return;
        var order = KeyframeChoice.Choose(seen, Most, decomposition.FrameCount);
        facts[Chosen] = ToText(order.Take(new EditSettings().KeyframeCount));
        facts[Order] = ToText(order);
    }

    /// <summary>What <see cref="Of"/> gives, or the choice made now for a decomposition that does not tell.</summary>
    /// <exception cref="EditException">No frame shows an object.</exception>
    internal static IReadOnlyList<int> Choose(StageResult decompose, Decomposition decomposition, int count, CancellationToken cancellationToken)
    {
        if (Of(decompose, count) is { } proposed)
            return proposed;
        var seen = AtlasCells.Seen(decomposition, cancellationToken);
        if (seen.Count == 0)
            throw new EditException("No frame shows an object to edit: the masks are empty or tiny. Give a mask of the object, or edit the background only.");
        return KeyframeChoice.Choose(seen, count, decomposition.FrameCount);
    }
}
