using BenchmarkDotNet.Attributes;
using StableVideo.Imaging;

namespace StableVideo.Benchmarks;

/// <summary>Optical flow between neighbouring frames of the demo clip, 640x360.</summary>
public class FlowMethods
{
    private Raster<byte> _from = null!;
    private Raster<byte> _to = null!;

    /// <summary>Renders the frames.</summary>
    [GlobalSetup]
    public void Render()
    {
        _from = Colour.ToGray(SampleClip.Render(20).Picture);
        _to = Colour.ToGray(SampleClip.Render(21).Picture);
    }

    /// <summary>Polynomial expansion, OpenCV's.</summary>
    [Benchmark(Baseline = true)]
    public Raster<float> Farneback() => OpticalFlow.Compute(_from, _to, new FlowOptions { Method = FlowMethod.Farneback });

    /// <summary>Dense inverse search, ours.</summary>
    [Benchmark]
    public Raster<float> Dis() => OpticalFlow.Compute(_from, _to, new FlowOptions { Method = FlowMethod.Dis });
}
