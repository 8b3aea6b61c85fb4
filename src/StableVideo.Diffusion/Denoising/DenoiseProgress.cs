namespace StableVideo.Diffusion;

/// <summary>Reported after each denoising step.</summary>
/// <param name="Step">Steps done, 1..<paramref name="Steps"/>.</param>
/// <param name="Steps">Steps this picture takes in all.</param>
public readonly record struct DenoiseProgress(int Step, int Steps);
