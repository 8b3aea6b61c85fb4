using StableVideo.Atlas.Solving;

namespace StableVideo.Atlas.Steps;

/// <summary>One step of a decomposition.</summary>
/// <param name="Name">Its name, the same in every run over the same clip.</param>
/// <param name="Doing">What a person reads meanwhile.</param>
/// <param name="Weight">Its usual time, in any unit.</param>
/// <param name="Run">Does it.</param>
/// <param name="Parts">What it leaves to later steps.</param>
internal sealed record DecompositionStep(string Name, string Doing, double Weight, Action<StageProgress> Run, params DecompositionPart[] Parts);

/// <summary>A part of a run's state that one step leaves to others.</summary>
/// <param name="Name">Its name, the same in every run over the same clip.</param>
/// <param name="LastUser">The last step that needs it.</param>
/// <param name="Write">Writes it.</param>
/// <param name="Read">Puts what was written into the state.</param>
internal sealed record DecompositionPart(string Name, string LastUser, Action<PartWriter> Write, Action<PartReader> Read);
