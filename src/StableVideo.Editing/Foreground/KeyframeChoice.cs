namespace StableVideo.Editing;

/// <summary>Chooses the keyframes of section 3.3: few frames that together see most of the foreground atlas.</summary>
public static class KeyframeChoice
{
    private const double LeastGain = 0.02;

    /// <summary>
    /// Greedy maximum coverage. Each atlas cell counts as often as frames see it, so what is on screen longest comes first;
    /// ties go to the frame nearest to the middle of the clip. Stops early when a further keyframe would add less than 2 %.
    /// </summary>
    /// <param name="seen">For each candidate frame number, the atlas cells it sees; candidates that see none are never chosen.</param>
    /// <param name="count">At most this many.</param>
    /// <param name="frameCount">Length of the clip.</param>
    /// <returns>Frame numbers in the order chosen: the first sees the most.</returns>
    public static IReadOnlyList<int> Choose(IReadOnlyDictionary<int, HashSet<int>> seen, int count, int frameCount)
    {
        var views = new Dictionary<int, int>();
        foreach (var cell in seen.Values.SelectMany(cells => cells))
            views[cell] = views.GetValueOrDefault(cell) + 1;
        double total = views.Values.Sum();
        var candidates = seen.Where(s => s.Value.Count > 0).Select(s => s.Key).Order().ToList();
        var covered = new HashSet<int>();
        var chosen = new List<int>();
        while (chosen.Count < count && candidates.Count > 0)
        {
            var best = candidates
                .Select(frame => (Frame: frame, Gain: seen[frame].Where(cell => !covered.Contains(cell)).Sum(cell => (long)views[cell])))
                .OrderByDescending(c => c.Gain)
                .ThenBy(c => Math.Abs((2 * c.Frame) - (frameCount - 1)))
                .ThenBy(c => c.Frame)
                .First();
            if (chosen.Count > 0 && best.Gain < LeastGain * total)
                break;
            chosen.Add(best.Frame);
            candidates.Remove(best.Frame);
            covered.UnionWith(seen[best.Frame]);
        }

        return chosen;
    }
}
