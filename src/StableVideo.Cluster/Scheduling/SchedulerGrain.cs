using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Orleans.Concurrency;

namespace StableVideo.Cluster;

/// <summary>
/// The scheduler of a pool around its <see cref="SlotBoard"/>: carries requests and reports to the board, and grants and losses to the jobs.
/// Reentrant: it never waits for a job before it answers.
/// </summary>
[GrainType("scheduler"), Reentrant]
internal sealed partial class SchedulerGrain(
    IOptions<PoolOptions> rules,
    IOptions<StageOptions> options,
    StageTimesDocument timesDocument,
    ActiveJobs activeJobs,
    ISiloStatusOracle silos,
    ClusterInstruments instruments,
    TimeProvider clock,
    ILogger<SchedulerGrain> logger) : Grain, ISchedulerGrain, IDisposable
{
    private static readonly TimeSpan Period = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LearningPeriod = TimeSpan.FromSeconds(30);
    private const int ResumedAtOnce = 16;

    private readonly SchedulingRules _rules = rules.Value.ToRules();
    private readonly StageOptions _options = options.Value;
    private readonly CancellationTokenSource _ended = new();
    private SlotBoard _board = null!;
    private StageTimes _times = null!;
    private bool _ready;
    private bool _learned;
    private long _savedAt;

    private DateTimeOffset Now => clock.GetUtcNow();

    public override async Task OnActivateAsync(CancellationToken cancellationToken)
    {
        _times = StageTimes.From(await timesDocument.ReadAsync(this.GetPrimaryKeyString(), cancellationToken));
        _board = new SlotBoard(_rules, _times);
        _savedAt = clock.GetTimestamp();
        this.RegisterGrainTimer(TickAsync, new GrainTimerCreationOptions(Period, Period) { KeepAlive = true });
        _ = ResumeAsync();
    }

    public override async Task OnDeactivateAsync(DeactivationReason reason, CancellationToken cancellationToken)
    {
        await _ended.CancelAsync();
        instruments.PoolLeft(this.GetPrimaryKeyString());
        await SaveTimesAsync();
    }

    public void Dispose() => _ended.Dispose();

    public Task Admit()
    {
        var (waiting, limit) = (_board.Waiting, _rules.QueueLimit);
        return waiting < limit ? Task.CompletedTask : throw new QueueFullException(waiting, limit);
    }

    public Task<string> Request(SlotRequest request)
    {
        if (_board.HasTwin(request))
        {
            _ = _board.Withdraw(request.Ticket);
            return Task.FromResult(ISchedulerGrain.Twin);
        }

        if (_board.Enqueue(request, Now) == EnqueueResult.Full)
            return Task.FromResult($"waiting for a place in the queue: {_rules.QueueLimit} stages wait");
        GrantSlots();
        return Task.FromResult(_board.Explain(request.Ticket, Now));
    }

    public Task Hold(SlotRequest request, string silo)
    {
        _ = _board.Adopt(request, silo, Now);
        return Task.CompletedTask;
    }

    public Task Release(StageTicket ticket, double? seconds)
    {
        if (_board.Withdraw(ticket))
            return Task.CompletedTask;
        if (_board.Release(ticket, seconds) is { } released && seconds is { } took)
        {
            _times.Learn(released.Request, took);
            _learned = true;
        }

        GrantSlots();
        return Task.CompletedTask;
    }

    public Task Report(SiloReport report)
    {
        TellLost(_board.Update(report, Now), $"{report.Name} was restarted.");
        GrantSlots();
        return Task.CompletedTask;
    }

    public Task<PoolStatus> GetStatus() => Task.FromResult(_board.Snapshot(Now).ToMessage());

    private async Task TickAsync(CancellationToken cancellationToken)
    {
        foreach (var silo in _board.Silos.Where(IsDead).ToList())
            TellLost(_board.RemoveSilo(silo.Name), $"{silo.Name} is gone.");
        var silence = $"its silo gave no sign of life for {_options.LeaseDuration.TotalSeconds:0} s.";
        var expired = _board.Expire(Now, _options.LeaseDuration);
        instruments.LeasesExpired(expired.Count);
        Tell(expired, silence, (job, ticket) => job.SlotSilent(ticket, silence));
        GrantSlots();
        instruments.PoolSeen(this.GetPrimaryKeyString(), _board.Snapshot(Now));
        if (_learned && clock.GetElapsedTime(_savedAt) > LearningPeriod)
            await SaveTimesAsync();
    }

    private bool IsDead(BoardSilo silo) => silos.GetApproximateSiloStatus(SiloAddress.FromParsableString(silo.Address)) is SiloStatus.Dead;

    private void GrantSlots()
    {
        if (!_ready)
            return;
        foreach (var grant in _board.Grant(Now))
        {
            // They ask again, and learn that they need not wait for a slot.
            foreach (var twin in _board.WithdrawTwins(grant.Request))
                _ = ResumeAsync(twin.JobId);
            _ = DeliverAsync(grant);
        }
    }

    /// <summary>Offers a slot to its job until the job has answered or the lease has ended otherwise.</summary>
    private async Task DeliverAsync(SlotGrant grant)
    {
        var ticket = grant.Request.Ticket;
        var offer = new SlotOffer { Silo = grant.Silo, Address = grant.Address, WaitedSeconds = grant.Waited.TotalSeconds };
        instruments.SlotGranted(ticket.Stage, grant.Waited);
        while (_board.IsLeased(ticket) && !_ended.IsCancellationRequested)
        {
            try
            {
                if (!await JobOf(ticket).SlotGranted(ticket, offer))
                {
                    _board.Release(ticket);
                    GrantSlots();
                }

                return;
            }
            catch (Exception exception)
            {
                LogGrantFailed(logger, exception, ticket, grant.Silo);
            }

            await Task.Delay(Period, clock);
        }
    }

    private void TellLost(IReadOnlyList<StageTicket> lost, string reason) => Tell(lost, reason, (job, ticket) => job.SlotLost(ticket, reason));

    private void Tell(IReadOnlyList<StageTicket> lost, string reason, Func<IStageReports, StageTicket, Task> tell)
    {
        foreach (var ticket in lost)
            _ = TellAsync(ticket, reason, tell);
    }

    private async Task TellAsync(StageTicket ticket, string reason, Func<IStageReports, StageTicket, Task> tell)
    {
        LogLost(logger, ticket, reason);
        for (var tries = 0; tries < 5 && !_ended.IsCancellationRequested; tries++)
        {
            try
            {
                await tell(JobOf(ticket), ticket);
                return;
            }
            catch (Exception exception)
            {
                // The job notices the loss by itself, only later.
                LogTellFailed(logger, exception, ticket);
            }

            await Task.Delay(Period, clock);
        }
    }

    /// <summary>
    /// Wakes all unfinished jobs, which ask for slots again and say which they hold. Slots are handed out once that is done, or after the first
    /// heartbeats of the silos: a slot that is held is known by then from one or the other.
    /// </summary>
    private async Task ResumeAsync()
    {
        var patience = Task.Delay(2 * _options.HeartbeatPeriod, clock);
        var resumed = _options.ResumeJobs ? ResumeJobsAsync() : Task.CompletedTask;
        await Task.WhenAny(resumed, patience);
        _ready = true;
        GrantSlots();
        await resumed;
    }

    private async Task ResumeJobsAsync()
    {
        var delay = Period;
        while (!_ended.IsCancellationRequested)
        {
            try
            {
                var wave = new List<Task>();
                await foreach (var job in activeJobs.ListAsync(_ended.Token))
                {
                    wave.Add(ResumeAsync(job));
                    if (wave.Count == ResumedAtOnce)
                    {
                        await Task.WhenAll(wave);
                        wave.Clear();
                    }
                }

                await Task.WhenAll(wave);
                return;
            }
            catch (Exception exception) when (!_ended.IsCancellationRequested)
            {
                LogListFailed(logger, exception);
            }

            await Task.Delay(delay, clock);
            delay = delay * 2 < LearningPeriod ? delay * 2 : LearningPeriod;
        }
    }

    private async Task ResumeAsync(string job)
    {
        try
        {
            await GrainFactory.GetGrain<IStageReports>(job).Resume();
        }
        catch (Exception exception)
        {
            LogResumeFailed(logger, exception, job);
        }
    }

    private async Task SaveTimesAsync()
    {
        if (!_learned)
            return;
        (_learned, _savedAt) = (false, clock.GetTimestamp());
        try
        {
            await timesDocument.WriteAsync(this.GetPrimaryKeyString(), _times.ToState());
        }
        catch (Exception exception)
        {
            LogSaveFailed(logger, exception);
        }
    }

    private IStageReports JobOf(StageTicket ticket) => GrainFactory.GetGrain<IStageReports>(ticket.JobId);

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Ticket}: its job could not be offered the slot on {Silo}; it is tried again")]
    private static partial void LogGrantFailed(ILogger logger, Exception exception, StageTicket ticket, string silo);

    [LoggerMessage(Level = LogLevel.Information, Message = "{Ticket} lost its slot: {Reason}")]
    private static partial void LogLost(ILogger logger, StageTicket ticket, string reason);

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Ticket}: its job could not be told that the slot is lost")]
    private static partial void LogTellFailed(ILogger logger, Exception exception, StageTicket ticket);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The unfinished jobs could not be listed; it is tried again")]
    private static partial void LogListFailed(ILogger logger, Exception exception);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Job {JobId} could not be resumed; it continues when somebody asks for it")]
    private static partial void LogResumeFailed(ILogger logger, Exception exception, string jobId);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The times of stages could not be written; they are learned again")]
    private static partial void LogSaveFailed(ILogger logger, Exception exception);
}
