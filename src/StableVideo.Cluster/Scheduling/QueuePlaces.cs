namespace StableVideo.Cluster;

/// <summary>
/// Which of a tenant's stages go before each of those that wait with one need. All are counted in one walk, and in a long queue not more often
/// than once a second, so that thousands of jobs may ask.
/// </summary>
internal sealed class QueuePlaces(TenantQueue tenant, SlotNeed need)
{
    private const int ShortQueue = 100;
    private static readonly TimeSpan Age = TimeSpan.FromSeconds(1);
    private Dictionary<WaitingStage, QueuePlace> _places = [];
    private DateTimeOffset _countedAt;
    private int _changesCounted = -1;

    /// <summary>The place of a waiting stage: exact in a short queue, up to a second old in a long one.</summary>
    public QueuePlace Of(WaitingStage stage, DateTimeOffset now)
    {
        if (_changesCounted != tenant.Changes && (tenant.Waiting <= ShortQueue || (now - _countedAt).Duration() >= Age))
        {
            _places = Count();
            (_countedAt, _changesCounted) = (now, tenant.Changes);
        }

        return _places.TryGetValue(stage, out var place) ? place : Count(stage);
    }

    /// <summary>The place of a stage that came after the last walk.</summary>
    private QueuePlace Count(WaitingStage stage)
    {
        var place = default(QueuePlace);
        foreach (var rival in SlotNeeds.RivalsOf(need))
        {
            foreach (var other in tenant[rival])
            {
                if (WaitingStage.ByRank.Compare(other, stage) >= 0)
                    break;
                place = place.After(other);
            }
        }

        return place;
    }

    private Dictionary<WaitingStage, QueuePlace> Count()
    {
        var places = new Dictionary<WaitingStage, QueuePlace>(tenant[need].Count);
        var place = default(QueuePlace);
        var rivals = SlotNeeds.RivalsOf(need).Where(rival => rival != need).Select(rival => new Queue<WaitingStage>(tenant[rival])).ToList();
        foreach (var stage in tenant[need])
        {
            foreach (var rival in rivals)
            {
                while (rival.TryPeek(out var other) && WaitingStage.ByRank.Compare(other, stage) < 0)
                    place = place.After(rival.Dequeue());
            }

            places[stage] = place;
            place = place.After(stage);
        }

        return places;
    }
}

/// <summary>How many stages go before one, and the seconds they are expected to take together.</summary>
internal readonly record struct QueuePlace(int Ahead, double Seconds)
{
    public QueuePlace After(WaitingStage stage) => new(Ahead + 1, Seconds + stage.Expected);
}
