using StableVideo.Onnx;

namespace StableVideo.Diffusion.Tests.Networks;

/// <summary>Compares tensors with what the reference implementation gave.</summary>
internal static class Difference
{
    public const float Tolerance = 2e-4f;

    public static float Largest(FloatTensor first, FloatTensor second)
    {
        Assert.Equal(first.Shape, second.Shape);
        return first.Data.Zip(second.Data, (a, b) => Math.Abs(a - b)).Max();
    }

    public static void AssertClose(FloatTensor expected, FloatTensor actual, float tolerance = Tolerance)
    {
        Assert.Equal(expected.Shape, actual.Shape);
        var largest = 0f;
        for (var i = 0; i < expected.Length; i++)
        {
            Assert.True(float.IsFinite(actual.Data[i]), $"Element {i} is {actual.Data[i]}.");
            largest = Math.Max(largest, Math.Abs(expected.Data[i] - actual.Data[i]));
        }

        TestContext.Current.TestOutputHelper?.WriteLine($"{actual}: largest difference {largest:e2}");
        Assert.True(largest <= tolerance, $"The largest difference is {largest:e2}; at most {tolerance:e1} is allowed.");
    }
}
