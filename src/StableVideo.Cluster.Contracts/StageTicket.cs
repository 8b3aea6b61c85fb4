namespace StableVideo.Cluster;

/// <summary>Names one attempt at one stage of one job.</summary>
/// <param name="JobId">The job's grain key.</param>
/// <param name="Stage">The stage.</param>
/// <param name="Attempt">Number of the attempt: its fencing token. It rises with every start; what an older attempt says is ignored.</param>
[GenerateSerializer, Immutable, Alias("StableVideo.StageTicket")]
public readonly record struct StageTicket([property: Id(0)] string JobId, [property: Id(1)] JobStage Stage, [property: Id(2)] int Attempt)
{
    /// <inheritdoc/>
    public override string ToString() => $"{JobId} {Stage} #{Attempt}";
}
