using BenchmarkDotNet.Attributes;
using StableVideo.Diffusion;
using StableVideo.Imaging;

namespace StableVideo.Benchmarks;

/// <summary>Whole generations that are asked for at the same time (embedded model, 4 steps), with and without shared denoising steps.</summary>
public class DenoisingBatches
{
    private ImageModel _oneByOne = null!;
    private ImageModel _together = null!;
    private Raster<byte> _structure = null!;

    /// <summary>Width and height of the pictures.</summary>
    [Params(128, 256)]
    public int Side { get; set; }

    /// <summary>Generations asked for at the same time.</summary>
    [Params(1, 2, 4, 8)]
    public int Pictures { get; set; }

    /// <summary>Opens the model twice.</summary>
    [GlobalSetup]
    public void Open()
    {
        var folder = new ModelCatalogue().Resolve(ModelCatalogue.Embedded);
        _oneByOne = ImageModel.Open(folder, new ImageModelOptions { MaxBatch = 1 });
        _together = ImageModel.Open(folder, new ImageModelOptions { MaxBatch = 8 });
        _structure = Resample.Resize(SampleClip.Render(0).Picture, Side, Side, ResampleFilter.Area);
    }

    /// <summary>Closes the models.</summary>
    [GlobalCleanup]
    public void Close()
    {
        _oneByOne.Dispose();
        _together.Dispose();
    }

    /// <summary>Without batches: one picture after the other.</summary>
    [Benchmark(Baseline = true)]
    public void OneByOne() => Generate(_oneByOne);

    /// <summary>With batches of up to 8 pictures.</summary>
    [Benchmark]
    public void Together() => Generate(_together);

    private void Generate(ImageModel model)
    {
        var threads = Enumerable.Range(0, Pictures).Select(seed => new Thread(() => model.Generate(
            new ImageRequest { Prompt = "a red car", NegativePrompt = "blurred", Structure = _structure, Seed = (ulong)seed }))).ToList();
        threads.ForEach(thread => thread.Start());
        threads.ForEach(thread => thread.Join());
    }
}
