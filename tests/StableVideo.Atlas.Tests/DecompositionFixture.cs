using StableVideo.Imaging;

[assembly: AssemblyFixture(typeof(StableVideo.Atlas.Tests.DecompositionFixture))]

namespace StableVideo.Atlas.Tests;

/// <summary>One decomposition of the synthetic clip with exact masks, shared by the tests that look at it.</summary>
public sealed class DecompositionFixture
{
    public const int FrameCount = 12;

    public DecompositionFixture()
    {
        Clip = new SyntheticClip(FrameCount);
        Result = Decomposer.Decompose(new FrameList(Clip.Frames), Clip.Masks);
    }

    internal SyntheticClip Clip { get; }

    public Decomposition Result { get; }

    /// <summary>A decomposition's bytes.</summary>
    public static byte[] Bytes(Decomposition decomposition)
    {
        using var stream = new MemoryStream();
        decomposition.Save(stream);
        return stream.ToArray();
    }

    /// <summary>Mean overlap of alpha with the true masks.</summary>
    internal static double Overlap(Decomposition decomposition, SyntheticClip clip)
        => Enumerable.Range(0, clip.Masks.Length).Average(t => MaskOps.IntersectionOverUnion(decomposition.Alpha(t), clip.Masks[t]));
}
