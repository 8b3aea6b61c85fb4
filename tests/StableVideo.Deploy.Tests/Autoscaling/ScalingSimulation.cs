namespace StableVideo.Tests.Deploy.Autoscaling;

/// <summary>Stages that arrive, silos that come and go, second by second.</summary>
internal sealed class ScalingSimulation(ScalingRules rules, int startup)
{
    private readonly Autoscaler _autoscaler = new(rules);
    private readonly List<Silo> _silos = [];
    private readonly LinkedList<Stage> _waiting = [];
    private readonly List<int> _waits = [];

    /// <summary>What came of it.</summary>
    /// <param name="Stages">Stages computed.</param>
    /// <param name="MeanWait">Mean wait for the first slot in seconds.</param>
    /// <param name="Wait95">Wait that one in twenty exceeds.</param>
    /// <param name="SiloHours">Hours of silos that were paid for.</param>
    /// <param name="Busy">Share of them in which something was computed.</param>
    /// <param name="Changes">How often the number of silos changed.</param>
    /// <param name="ShortLived">Silos that were scaled away within ten minutes of their start: flapping.</param>
    /// <param name="Interrupted">Stages handed back because their silo was scaled away.</param>
    internal sealed record Result(int Stages, double MeanWait, double Wait95, double SiloHours, double Busy, int Changes, int ShortLived, int Interrupted);

    /// <summary>Runs a load to its end and on until everything has calmed down.</summary>
    /// <param name="load">When stages arrive and how long they take, in seconds and in order.</param>
    public Result Run(IReadOnlyList<(int At, int Seconds)> load)
    {
        var (next, done, paid, worked, interrupted, changes, shortLived, replicas) = (0, 0, 0L, 0L, 0, 0, 0, rules.MinReplicas);
        for (var i = 0; i < replicas; i++)
            _silos.Add(new Silo { StartedAt = int.MinValue / 2 });
        var quietSince = 0;
        for (var now = 0; next < load.Count || now - quietSince < 3600; now++)
        {
            for (; next < load.Count && load[next].At <= now; next++)
                _waiting.AddLast(new Stage { ArrivedAt = now, Left = load[next].Seconds });
            if (now % rules.Polling == 0)
            {
                var wanted = _autoscaler.Decide(now, _waiting.Count + _silos.Count(silo => silo.Work is not null), replicas);
                changes += wanted != replicas ? 1 : 0;
                for (; replicas < wanted; replicas++)
                    _silos.Add(new Silo { StartedAt = now, ReadyAt = now + startup });
                for (; replicas > wanted; replicas--)
                {
                    // A Deployment does not ask which silo is idle: the youngest goes.
                    var gone = _silos[^1];
                    _silos.RemoveAt(_silos.Count - 1);
                    shortLived += now - gone.StartedAt < 600 ? 1 : 0;
                    if (gone.Work is { } stage)
                    {
                        interrupted++;
                        _waiting.AddFirst(stage);
                    }
                }
            }

            foreach (var silo in _silos.Where(silo => silo.ReadyAt <= now))
            {
                if (silo.Work is null && _waiting.First is { } first)
                {
                    silo.Work = first.Value;
                    _waiting.RemoveFirst();
                    if (!silo.Work.Began)
                        _waits.Add(now - silo.Work.ArrivedAt);
                    silo.Work.Began = true;
                }

                if (silo.Work is { } work)
                {
                    worked++;
                    if (--work.Left == 0)
                        (silo.Work, done) = (null, done + 1);
                }
            }

            paid += _silos.Count;
            if (_waiting.Count > 0 || _silos.Any(silo => silo.Work is not null))
                quietSince = now;
        }

        _waits.Sort();
        return new Result(done, _waits.Average(), _waits[(int)(0.95 * (_waits.Count - 1))], paid / 3600.0, paid == 0 ? 0 : (double)worked / paid, changes, shortLived, interrupted);
    }

    private sealed class Stage
    {
        public int ArrivedAt { get; init; }

        public int Left { get; set; }

        public bool Began { get; set; }
    }

    private sealed class Silo
    {
        public int StartedAt { get; init; }

        public int ReadyAt { get; init; }

        public Stage? Work { get; set; }
    }
}
