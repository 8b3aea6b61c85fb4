namespace StableVideo.Onnx.Tests;

/// <summary>The composed operators against their definitions, written out as loops.</summary>
public sealed class OperatorTests
{
    private const float Tolerance = 1e-5f;

    [Fact]
    public void Group_normalization_follows_its_definition()
    {
        const int batch = 2, channels = 6, groups = 3, height = 4, width = 5;
        const float epsilon = 1e-5f;
        var x = Run.Random(1, batch, channels, height, width);
        var scale = Run.Random(2, channels);
        var shift = Run.Random(3, channels);

        var y = Run.Graph((g, v) => g.GroupNormalization(v, g.Constant(scale), g.Constant(shift), groups, channels, epsilon), x);

        const int size = channels / groups * height * width;
        var expected = new float[x.Length];
        for (var group = 0; group < batch * groups; group++)
        {
            var part = x.Data.Skip(group * size).Take(size).ToArray();
            var mean = part.Average();
            var deviation = Math.Sqrt(part.Average(v => (v - mean) * (v - mean)) + epsilon);
            for (var i = 0; i < size; i++)
            {
                var channel = ((group * size) + i) / (height * width) % channels;
                expected[(group * size) + i] = (float)((part[i] - mean) / deviation * scale.Data[channel]) + shift.Data[channel];
            }
        }

        Assert.Equal(x.Shape, y.Shape);
        Run.AssertClose(expected, y.Data, Tolerance);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Attention_follows_its_definition(bool causal)
    {
        const int length = 7, heads = 2, depth = 4;
        var tokens = Run.Random(4, 1, length, heads * depth);

        var y = Run.Graph((g, x) => g.Attention(x, g.Multiply(x, g.Scalar(0.5f)), g.Multiply(x, g.Scalar(-2)), heads, causal), tokens);

        var expected = new float[tokens.Length];
        for (var head = 0; head < heads; head++)
        {
            for (var i = 0; i < length; i++)
            {
                var seen = causal ? i + 1 : length;
                var scores = Enumerable.Range(0, seen)
                    .Select(j => Math.Exp(Enumerable.Range(0, depth).Sum(d => Token(i, d) * 0.5 * Token(j, d)) / Math.Sqrt(depth)))
                    .ToArray();
                for (var d = 0; d < depth; d++)
                    expected[(i * heads * depth) + (head * depth) + d] = (float)Enumerable.Range(0, seen).Sum(j => scores[j] / scores.Sum() * -2 * Token(j, d));
            }

            float Token(int position, int d) => tokens.Data[(position * heads * depth) + (head * depth) + d];
        }

        Run.AssertClose(expected, y.Data, Tolerance);
    }

    [Fact]
    public void Activations_have_their_known_values()
    {
        float[] x = [-3, -1, 0, 0.5f, 2];
        var input = new FloatTensor(x, 5);

        Run.AssertClose([-0.1422776f, -0.2689414f, 0, 0.3112297f, 1.7615942f], Run.Graph((g, v) => g.Silu(v), input).Data, Tolerance);
        Run.AssertClose([-0.0040496f, -0.1586553f, 0, 0.3457312f, 1.9544997f], Run.Graph((g, v) => g.Gelu(v), input).Data, Tolerance);
        Run.AssertClose(x.Select(v => v / (1 + MathF.Exp(-1.702f * v))).ToArray(), Run.Graph((g, v) => g.QuickGelu(v), input).Data, Tolerance);
        Run.AssertClose([0, 0, 0, 0.5f, 2], Run.Graph((g, v) => g.Relu(v), input).Data, 0);
        Run.AssertClose([-1, -1, 0, 0.5f, 1], Run.Graph((g, v) => g.Clip(v, -1, 1), input).Data, 0);
    }

    [Fact]
    public void Upsampling_repeats_pixels_and_transposed_convolution_lays_down_patches()
    {
        var x = new FloatTensor([1, 2, 3, 4], 1, 1, 2, 2);

        var doubled = Run.Graph((g, v) => g.UpsampleNearest(v, 2), x);
        var patches = Run.Graph((g, v) => g.TransposedConvolution(v, g.Constant(new FloatTensor([1, 10, 100, 1000], 1, 1, 2, 2)), default, 2), x);

        Assert.Equal([1, 1, 2, 2, 1, 1, 2, 2, 3, 3, 4, 4, 3, 3, 4, 4], doubled.Data);
        Assert.Equal([1, 10, 2, 20, 100, 1000, 200, 2000, 3, 30, 4, 40, 300, 3000, 400, 4000], patches.Data);
    }

    [Fact]
    public void Moving_operators_move_elements()
    {
        var x = new FloatTensor([1, 2, 3, 4, 5, 6], 2, 3);

        Assert.Equal([1, 4, 2, 5, 3, 6], Run.Graph((g, v) => g.Transpose(v, 1, 0), x).Data);
        Assert.Equal([6, 5, 4, 3, 2, 1], Run.Graph((g, v) => g.Flip(v, 0, 1), x).Data);
        Assert.Equal([2, 5], Run.Graph((g, v) => g.Slice(v, 1, 1, 2), x).Data);
        Assert.Equal([1, 2, 3, 4, 5, 6, 1, 2, 3, 4, 5, 6], Run.Graph((g, v) => g.Concat(0, v, v), x).Data);
        Assert.Equal([4, 5, 6], Run.Graph((g, v) => g.Split(v, 0, 2)[1], x).Data);
        Assert.Equal([6f, 15f], Run.Graph((g, v) => g.Sum(v, false, 1), x).Data);
    }
}
