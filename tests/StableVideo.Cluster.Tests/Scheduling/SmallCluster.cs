using static StableVideo.Tests.Cluster.BoardWords;

namespace StableVideo.Tests.Cluster;

/// <summary>A board in simulated time: every stage takes as many seconds as its work, or as many as the test says.</summary>
internal sealed class SmallCluster(SchedulingRules rules)
{
    private readonly PriorityQueue<(SlotRequest Request, double Seconds), (double At, int Number)> _running = new();
    private int _number;

    public SlotBoard Board { get; } = BoardWords.Board(rules);

    /// <summary>Seconds since the start.</summary>
    public double Now { get; private set; }

    public DateTimeOffset Time => Start.AddSeconds(Now);

    /// <summary>What was granted, in this order, and when.</summary>
    public List<(SlotGrant Grant, double At)> Granted { get; } = [];

    /// <summary>How long a stage really takes.</summary>
    public Func<SlotGrant, double> Takes { get; init; } = grant => grant.Request.Work;

    public void Add(SlotRequest request) => Assert.Equal(EnqueueResult.Queued, Board.Enqueue(request, Time));

    public void Grant()
    {
        foreach (var grant in Board.Grant(Time))
        {
            Granted.Add((grant, Now));
            var seconds = Takes(grant);
            _running.Enqueue((grant.Request, seconds), (Now + seconds, _number++));
        }
    }

    /// <summary>Lets time pass; <paramref name="ended"/> may queue more whenever a stage ends.</summary>
    public void RunUntil(double time, Action<SlotRequest>? ended = null)
    {
        Grant();
        while (_running.TryPeek(out var next, out var when) && when.At <= time)
        {
            _running.Dequeue();
            Now = when.At;
            Assert.NotNull(Board.Release(next.Request.Ticket, next.Seconds));
            ended?.Invoke(next.Request);
            Grant();
        }

        Now = time;
    }

    public double GrantedWork(string tenant) => Granted.Where(granted => granted.Grant.Request.Tenant == tenant).Sum(granted => granted.Grant.Request.Work);

    public double GrantedAt(string job) => Granted.Find(granted => granted.Grant.Request.Ticket.JobId == job) is { Grant: not null } granted
        ? granted.At
        : throw new InvalidOperationException($"{job} was not granted a slot until second {Now}.");
}
