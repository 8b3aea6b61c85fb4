using StableVideo.Onnx;

namespace StableVideo.Diffusion.Tests.Sampling;

public class ClassifierFreeGuidanceTests
{
    private static readonly FloatTensor Outputs = new([0, 1, 0, 1, 1, 1, 3, 3], 2, 1, 2, 2);

    [Fact]
    public void Goes_from_the_negative_prompt_through_the_prompt()
    {
        var guided = ClassifierFreeGuidance.Combine(Outputs, 3, 0);

        Assert.Equal([1, 1, 2, 2], guided.Shape);
        Assert.Equal([3, 1, 9, 7], guided.Data);
    }

    [Fact]
    public void Rescaling_restores_the_deviation_of_the_prompted_output()
    {
        var guided = ClassifierFreeGuidance.Combine(Outputs, 3, 1).Data;

        // The prompted output 1 1 3 3 deviates by 1, the guided one 3 1 9 7 by the root of 10.
        Assert.Equal(3 / Math.Sqrt(10), guided[0], 1e-5);
        Assert.Equal(9 / Math.Sqrt(10), guided[2], 1e-5);
        var half = ClassifierFreeGuidance.Combine(Outputs, 3, 0.5f).Data;
        Assert.Equal(0.5 * (3 + guided[0]), half[0], 1e-5);
    }

    [Fact]
    public void A_single_row_passes_unchanged()
    {
        var single = new FloatTensor([1, 2], 1, 1, 1, 2);

        Assert.Same(single, ClassifierFreeGuidance.Combine(single, 7, 1));
    }
}
