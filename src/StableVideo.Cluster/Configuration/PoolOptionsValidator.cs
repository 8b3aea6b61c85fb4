using Microsoft.Extensions.Options;

namespace StableVideo.Cluster;

/// <summary>Reports every broken rule of <see cref="PoolOptions"/> at start-up.</summary>
internal sealed class PoolOptionsValidator : IValidateOptions<PoolOptions>
{
    public ValidateOptionsResult Validate(string? name, PoolOptions options) =>
        options.ToRules().Errors() is { Count: > 0 } errors ? ValidateOptionsResult.Fail(errors) : ValidateOptionsResult.Success;
}
