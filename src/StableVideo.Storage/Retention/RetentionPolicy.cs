namespace StableVideo.Storage;

/// <summary>How long things are kept. What a job needs that has not ended is kept in any case.</summary>
public sealed record RetentionPolicy
{
    /// <summary>Least value of <see cref="Intermediates"/> and <see cref="Unclaimed"/>: two hours. See <see cref="ArtifactCollector"/> for why.</summary>
    public static readonly TimeSpan ShortestSinceUse = 2 * ArtifactStoreOptions.DefaultRenewalAge;

    /// <summary>Inputs of a job, from its end. Default: 30 days.</summary>
    public TimeSpan Inputs { get; init; } = TimeSpan.FromDays(30);

    /// <summary>Results of stages, from their last use. Default: 30 days; at least <see cref="ShortestSinceUse"/>.</summary>
    public TimeSpan Intermediates { get; init; } = TimeSpan.FromDays(30);

    /// <summary>What a job was for, from its end. Default: 30 days.</summary>
    public TimeSpan Results { get; init; } = TimeSpan.FromDays(30);

    /// <summary>Records of jobs, from their end; with a record goes all that only it names. Default: 90 days; at least as long as what the job used and made.</summary>
    public TimeSpan JobRecords { get; init; } = TimeSpan.FromDays(90);

    /// <summary>What nothing names, from its last use. Default: one day; at least <see cref="ShortestSinceUse"/>.</summary>
    public TimeSpan Unclaimed { get; init; } = TimeSpan.FromDays(1);

    /// <summary>Keeps everything for <paramref name="age"/>, or for the least there must be: no record of a job outlives what it names.</summary>
    public static RetentionPolicy OlderThan(TimeSpan age)
    {
        var kept = age > ShortestSinceUse ? age : ShortestSinceUse;
        return new RetentionPolicy { Inputs = kept, Intermediates = kept, Results = kept, JobRecords = kept, Unclaimed = kept };
    }

    /// <summary>What is wrong with the policy, one sentence each; empty when it can be used.</summary>
    public IReadOnlyList<string> Validate()
    {
        var errors = new List<string>();
        foreach (var (name, value) in new[] { (nameof(Inputs), Inputs), (nameof(Results), Results) })
        {
            if (value < TimeSpan.Zero)
                errors.Add($"{name} is {value} but can not be negative.");
        }

        foreach (var (name, value) in new[] { (nameof(Intermediates), Intermediates), (nameof(Unclaimed), Unclaimed) })
        {
            if (value < ShortestSinceUse)
                errors.Add($"{name} is {value} but must be at least {ShortestSinceUse}: uses are recorded to within an hour.");
        }

        foreach (var (name, value) in new[] { (nameof(Inputs), Inputs), (nameof(Intermediates), Intermediates), (nameof(Results), Results) })
        {
            if (JobRecords < value)
                errors.Add($"JobRecords is {JobRecords} but must be at least {name}, which is {value}: what a job used and made goes with its record.");
        }

        return errors;
    }
}
