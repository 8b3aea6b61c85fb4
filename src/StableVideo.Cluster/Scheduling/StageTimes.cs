namespace StableVideo.Cluster;

/// <summary>
/// How long stages take, learned from those that were computed: expected seconds are the work times a rate of the stage and its model. A rate is the
/// mean of what was seen, at first of all, later with weights that fall exponentially; one stage can not move it far.
/// </summary>
internal sealed class StageTimes
{
    /// <summary>Limits of what is expected of any stage, in seconds.</summary>
    public const double Least = 0.001, Most = 1e7;

    // From a clip of 80 frames of 768x432 on two processor cores: a guess of the right order until the first stages are done.
    private static readonly Dictionary<JobStage, double> Priors = new()
    {
        [JobStage.Decompose] = 2,
        [JobStage.EditBackground] = 0.5,
        [JobStage.EditForeground] = 0.5,
        [JobStage.Aggregate] = 0.3,
        [JobStage.Compose] = 0.4,
    };

    // The prior counts as one sample; in the long run about the last 20 stages count.
    private const double LeastGain = 0.05;

    // A sample counts as at most this many times the rate, and at least the reciprocal of it.
    private const double Reach = 4;

    private readonly Dictionary<(JobStage Stage, string? Model), StageRate> _rates = [];

    /// <summary>Takes up what was learned before. Rates that make no sense are left out.</summary>
    public static StageTimes From(StageTimesState? state)
    {
        var times = new StageTimes();
        foreach (var rate in (state?.Rates ?? []).Where(rate => rate.Samples > 0 && double.IsFinite(rate.Seconds) && rate.Seconds > 0))
            times._rates[(rate.Stage, rate.Model)] = rate;
        return times;
    }

    public StageTimesState ToState() => new()
    {
        Rates = [.. _rates.Values.OrderBy(rate => rate.Stage).ThenBy(rate => rate.Model, StringComparer.Ordinal)],
    };

    /// <summary>Seconds a stage is expected to take, <see cref="Least"/>..<see cref="Most"/>.</summary>
    public double Expect(SlotRequest request) => Math.Clamp(WorkOf(request) * RateOf(request.Ticket.Stage, request.Model), Least, Most);

    /// <summary>Learns that a stage took so many seconds; what is not a positive finite number is ignored.</summary>
    public void Learn(SlotRequest request, double seconds)
    {
        if (!double.IsFinite(seconds) || seconds <= 0)
            return;
        var seen = Math.Clamp(seconds / WorkOf(request), Least / Most, Most / Least);
        var stage = request.Ticket.Stage;

        // A model that was not seen before starts from what is known of the stage, so the model learns first.
        if (request.Model is not null)
            _rates[(stage, request.Model)] = Moved(stage, request.Model, seen);
        _rates[(stage, null)] = Moved(stage, null, seen);
    }

    private static double WorkOf(SlotRequest request) => double.IsFinite(request.Work) && request.Work > 0 ? request.Work : 1;

    private double RateOf(JobStage stage, string? model) =>
        _rates.TryGetValue((stage, model), out var rate) || _rates.TryGetValue((stage, null), out rate) ? rate.Seconds : Priors.GetValueOrDefault(stage, 1);

    private StageRate Moved(JobStage stage, string? model, double seen)
    {
        var rate = RateOf(stage, model);
        var samples = _rates.GetValueOrDefault((stage, model))?.Samples ?? 0;
        var gain = Math.Max(LeastGain, 1d / (samples + 2));
        var within = Math.Clamp(seen, rate / Reach, rate * Reach);
        return new StageRate { Stage = stage, Model = model, Seconds = rate + gain * (within - rate), Samples = Math.Min(samples, int.MaxValue - 1) + 1 };
    }
}
