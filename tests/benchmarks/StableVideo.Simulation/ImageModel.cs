namespace StableVideo.Simulation;

/// <summary>A diffusion model.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Popularity">Which part of the jobs uses it, 0..1; together 1.</param>
/// <param name="LoadSeconds">How long a silo takes to load it. A silo holds one model at a time.</param>
internal sealed record ImageModel(string Name, double Popularity, double LoadSeconds)
{
    public static IReadOnlyList<ImageModel> All { get; } = [new("model-a", 0.6, 20), new("model-b", 0.3, 40), new("model-c", 0.1, 60)];

    public static ImageModel Named(string name) => All.Single(model => model.Name == name);
}
