using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Options;

namespace StableVideo.Cluster;

/// <summary>Reports every broken rule of <see cref="StageOptions"/> at start-up.</summary>
internal sealed class StageOptionsValidator : IValidateOptions<StageOptions>
{
    public ValidateOptionsResult Validate(string? name, StageOptions options)
    {
        var errors = new List<string>();
        var found = new List<ValidationResult>();
        _ = Validator.TryValidateObject(options, new ValidationContext(options), found, validateAllProperties: true);
        errors.AddRange(found.Select(result => result.ErrorMessage ?? "A stage option is out of range."));
        if (options.ProgressPeriod <= TimeSpan.Zero)
            errors.Add($"{nameof(StageOptions.ProgressPeriod)} is {options.ProgressPeriod} but must be above zero.");
        if (options.HeartbeatPeriod < options.ProgressPeriod)
            errors.Add($"{nameof(StageOptions.HeartbeatPeriod)} ({options.HeartbeatPeriod}) must not be below {nameof(StageOptions.ProgressPeriod)} ({options.ProgressPeriod}).");
        if (options.LeaseDuration < 2 * options.HeartbeatPeriod)
            errors.Add($"{nameof(StageOptions.LeaseDuration)} ({options.LeaseDuration}) must be at least twice {nameof(StageOptions.HeartbeatPeriod)} ({options.HeartbeatPeriod}).");
        if (options.Roles == SiloRoles.None)
            errors.Add($"{nameof(StageOptions.Roles)} is empty. Give {SiloRoles.Gpu}, {SiloRoles.Cpu} or both.");
        if (options.FirstRetryPause <= TimeSpan.Zero || options.LongestRetryPause < options.FirstRetryPause)
            errors.Add($"{nameof(StageOptions.FirstRetryPause)} ({options.FirstRetryPause}) must be above zero and not above {nameof(StageOptions.LongestRetryPause)} ({options.LongestRetryPause}).");
        if (options.DrainTime <= TimeSpan.Zero)
            errors.Add($"{nameof(StageOptions.DrainTime)} is {options.DrainTime} but must be above zero.");
        return errors.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(errors);
    }
}
