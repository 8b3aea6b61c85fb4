using BenchmarkDotNet.Attributes;
using StableVideo.Atlas;
using StableVideo.Imaging;

namespace StableVideo.Benchmarks;

/// <summary>One frame of the demo clip (640x360) looked up in an atlas at its true background positions, and the way back that fits an atlas to frames.</summary>
public class AtlasSampling
{
    private const int Frames = 20;

    private Raster<float> _atlas = null!;
    private Raster<float> _uv = null!;
    private Raster<float> _frame = null!;

    /// <summary>Prepares an atlas as large as the clip's landscape.</summary>
    [GlobalSetup]
    public void Prepare()
    {
        _uv = SampleClip.Render(20).BackgroundUv;
        _frame = new Raster<float>(_uv.Width, _uv.Height, 3);
        _atlas = new Raster<float>(_uv.Width * 8 / 5, _uv.Height * 6 / 5, 3);
        for (var i = 0; i < _atlas.Data.Length; i++)
            _atlas.Data[i] = i % 251;
    }

    /// <summary>The general resampler, bilinear.</summary>
    [Benchmark(Baseline = true, OperationsPerInvoke = Frames)]
    public void Remap() => Repeat(() => Resample.Remap(_atlas, _uv, _frame, RemapBorder.Clamp, ResampleFilter.Bilinear));

    /// <summary>The atlas's own lookup.</summary>
    [Benchmark(OperationsPerInvoke = Frames)]
    public void Sample() => Repeat(() => AtlasSampler.Sample(_atlas, _uv, _frame));

    /// <summary>Its transpose, on one thread.</summary>
    [Benchmark(OperationsPerInvoke = Frames)]
    public void SampleAdjoint() => Repeat(() => AtlasSampler.SampleAdjoint(_frame, _uv, _atlas));

    private static void Repeat(Action frame)
    {
        for (var i = 0; i < Frames; i++)
            frame();
    }
}
