namespace StableVideo.Tests.Deploy.Autoscaling;

/// <summary>
/// What KEDA and the horizontal pod autoscaler do, by their documented formulas: KEDA switches between none and one, by whether there is anything to do;
/// above that the autoscaler wants <c>ceil(metric / target)</c>, ignores differences within a tenth, takes the largest wish of its stabilisation window
/// before it shrinks, and moves no faster than its policies allow.
/// </summary>
internal sealed class Autoscaler(ScalingRules rules)
{
    private const double Tolerance = 0.1;
    private readonly Queue<(int At, int Wish)> _wishes = new();
    private readonly List<(int At, int Change)> _changes = [];
    private int _activeAt = int.MinValue / 2;

    /// <summary>Asked every <see cref="ScalingRules.Polling"/> seconds; returns how many replicas there should be.</summary>
    /// <param name="now">Seconds since the start.</param>
    /// <param name="metric">Slots wanted.</param>
    /// <param name="replicas">How many there are.</param>
    public int Decide(int now, double metric, int replicas)
    {
        if (metric > 0)
            _activeAt = now;
        if (replicas == 0)
            return metric > 0 ? Change(now, 0, Math.Max(1, rules.MinReplicas)) : 0;
        if (metric <= 0 && rules.MinReplicas == 0 && now - _activeAt >= rules.Cooldown)
            return Change(now, replicas, 0);

        var ratio = metric / (rules.Target * replicas);
        var wish = Math.Abs(ratio - 1) <= Tolerance ? replicas : (int)Math.Ceiling(metric / rules.Target);
        wish = Math.Clamp(wish, Math.Max(1, rules.MinReplicas), rules.MaxReplicas);
        _wishes.Enqueue((now, wish));
        while (_wishes.Peek().At < now - rules.DownStabilization)
            _wishes.Dequeue();
        var stabilised = wish < replicas ? Math.Min(replicas, _wishes.Max(earlier => earlier.Wish)) : wish;
        return Change(now, replicas, stabilised > replicas ? Math.Min(stabilised, MostUp(now, replicas)) : Math.Max(stabilised, LeastDown(now, replicas)));
    }

    private int MostUp(int now, int replicas)
    {
        var added = _changes.Where(change => change.At > now - rules.UpPeriod && change.Change > 0).Sum(change => change.Change);
        var start = replicas - added;
        return Math.Max(start + rules.UpPods, (int)Math.Ceiling(start * (1 + (rules.UpPercent / 100.0))));
    }

    private int LeastDown(int now, int replicas)
    {
        var removed = -_changes.Where(change => change.At > now - rules.DownPeriod && change.Change < 0).Sum(change => change.Change);
        return replicas + removed - rules.DownPods;
    }

    private int Change(int now, int replicas, int wanted)
    {
        if (wanted != replicas)
            _changes.Add((now, wanted - replicas));
        return wanted;
    }
}
