using System.Collections.Concurrent;
using StableVideo.Diffusion;

namespace StableVideo.Editing;

/// <summary>An image model and what keys need to know of it.</summary>
internal sealed class OpenModel(ImageModel network)
{
    public ImageModel Network => network;

    public ImageModelInfo Info => network.Info;

    public StageKeys.ModelFacts Facts => new(Info.Digest, Info.Steps, Info.GuidanceScale, Info.SceneGuidanceScale, Info.Strength);
}

/// <summary>Image models, opened once each and kept until the runner is disposed.</summary>
internal sealed class OpenModels(ModelCatalogue catalogue, ImageModelOptions? options = null) : IDisposable
{
    private readonly ConcurrentDictionary<string, Lazy<OpenModel>> _open = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, byte> _names = new(StringComparer.Ordinal);

    /// <summary>Names or folders that were opened, as they were asked for.</summary>
    public IReadOnlyList<string> Loaded => [.. _names.Keys.Order(StringComparer.Ordinal)];

    public OpenModel Open(string nameOrFolder)
    {
        var folder = catalogue.Resolve(nameOrFolder);
        var label = Path.GetFileName(folder);
        var isOpen = true;
        var model = _open.GetOrAdd(folder, path => new Lazy<OpenModel>(() =>
        {
            isOpen = false;
            return ModelMetrics.Load(label, () => new OpenModel(ImageModel.Open(path, options)));
        }));
        try
        {
            var opened = model.Value;
            if (isOpen)
                ModelMetrics.Hit(label);
            _names.TryAdd(nameOrFolder, 0);
            return opened;
        }
        catch
        {
            // A folder that was repaired meanwhile gets another chance.
            _open.TryRemove(new KeyValuePair<string, Lazy<OpenModel>>(folder, model));
            throw;
        }
    }

    public void Dispose()
    {
        foreach (var model in _open.Values.Where(m => m.IsValueCreated))
            model.Value.Network.Dispose();
        _open.Clear();
    }
}
