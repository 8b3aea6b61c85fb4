using StableVideo.Storage;

namespace StableVideo.Editing;

/// <summary>How far an unfinished stage is. Stored as the document <c>checkpoints/{key}</c>, where key is that of the stage's result.</summary>
/// <param name="Format">Format of the parts; those of another one can not be read.</param>
/// <param name="Next">The step to go on with.</param>
/// <param name="Fraction">How much of the steps is done, 0..1.</param>
/// <param name="Parts">What the remaining steps need of those that are done.</param>
internal sealed record StageCheckpoint(int Format, string Next, double Fraction, IReadOnlyDictionary<string, ArtifactId> Parts);
