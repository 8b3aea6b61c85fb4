namespace StableVideo.Cluster;

/// <summary>The order that settles every tie, so that the same operations always give the same grants.</summary>
internal static class TicketOrder
{
    public static int Compare(StageTicket one, StageTicket other)
    {
        var job = string.CompareOrdinal(one.JobId, other.JobId);
        if (job != 0)
            return job;
        var stage = one.Stage.CompareTo(other.Stage);
        return stage != 0 ? stage : one.Attempt.CompareTo(other.Attempt);
    }

    public static IReadOnlyList<StageTicket> Sorted(this List<StageTicket> tickets)
    {
        tickets.Sort(Compare);
        return tickets;
    }
}
