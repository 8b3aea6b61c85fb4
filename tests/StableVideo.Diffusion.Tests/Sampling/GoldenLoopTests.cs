using StableVideo.Diffusion.Networks;
using StableVideo.Onnx;
using StableVideo.Tests;

namespace StableVideo.Diffusion.Tests.Sampling;

/// <summary>Whole denoising loops of the tiny model against the reference implementation.</summary>
public sealed class GoldenLoopTests(GoldenLoopTests.TinyNetworks tiny) : IClassFixture<GoldenLoopTests.TinyNetworks>
{
    private const double Tolerance = 1e-3;

    [Theory]
    [InlineData(SamplerKind.Ddim, 10, "loop.ddim10")]
    [InlineData(SamplerKind.DpmSolver, 8, "loop.dpmpp2m.8")]
    [InlineData(SamplerKind.Euler, 8, "loop.euler8")]
    [InlineData(SamplerKind.UniPc, 8, "loop.unipc8")]
    public void From_noise(SamplerKind kind, int steps, string key)
    {
        var sampler = Sampler.Create(kind, tiny.Schedule, steps);
        AssertTimesteps($"{key}.timesteps", sampler);

        var start = tiny.Golden.ReadFloats("loop.noise");
        foreach (ref var value in start.Span)
            value *= (float)sampler.InitialScale;
        AssertClose(key, tiny.Denoise(start, 0, sampler, guidanceScale: 5));
    }

    [Fact]
    public void From_a_picture()
    {
        var sampler = Sampler.Create(SamplerKind.Ddim, tiny.Schedule, 20);
        AssertTimesteps("loop.ddim20.timesteps", sampler);
        var first = Sampler.FirstStep(20, 0.8f);
        Assert.Equal(4, first);

        var start = new FloatTensor([.. tiny.Golden.ReadFloats("loop.init").Shape]);
        sampler.AddNoise(first, tiny.Golden.ReadFloats("loop.init").Span, tiny.Golden.ReadFloats("loop.noise").Span, start.Span);
        AssertClose("loop.ddim20.img2img.s0.8", tiny.Denoise(start, first, sampler, guidanceScale: 3));
    }

    [Fact]
    public void Cumulative_alphas_are_the_references()
    {
        var expected = tiny.Golden.ReadFloats("ddim.alphas_cumprod").Data;
        for (var i = 0; i < expected.Length; i++)
            Assert.Equal(expected[i], tiny.Schedule.CumulativeAlphas[i], 2e-6);
    }

    private void AssertTimesteps(string key, Sampler sampler)
    {
        var expected = key == "loop.euler8.timesteps" ? tiny.Golden.ReadFloats(key).Data : [.. tiny.Golden.ReadLongs(key).Data.Select(value => (float)value)];
        Assert.Equal(expected, sampler.Timesteps.Select(value => (float)value));
    }

    private void AssertClose(string key, FloatTensor actual)
    {
        var error = RelativeError(tiny.Golden.ReadFloats(key).Data, actual.Data);
        Assert.True(error <= Tolerance, $"{key}: relative L2 error {error:e2}");
        TestContext.Current.TestOutputHelper?.WriteLine($"{key}: relative L2 error {error:e2}");
    }

    internal static double RelativeError(float[] expected, float[] actual)
    {
        Assert.Equal(expected.Length, actual.Length);
        var (difference, norm) = (0.0, 0.0);
        for (var i = 0; i < expected.Length; i++)
        {
            difference += Math.Pow(actual[i] - expected[i], 2);
            norm += Math.Pow(expected[i], 2);
        }

        return Math.Sqrt(difference / norm);
    }

    /// <summary>Opened by the first test that asks: what a fixture throws fails its tests, and where the fixtures are missing they are to be skipped.</summary>
    public sealed class TinyNetworks : IDisposable
    {
        private readonly Lazy<Networks> networks = new(() => new Networks(SharedFolder.Require("fixtures/sd-tiny")));

        internal TensorFile Golden => networks.Value.Golden;

        internal NoiseSchedule Schedule => networks.Value.Schedule;

        internal FloatTensor Denoise(FloatTensor start, int firstStep, Sampler sampler, float guidanceScale) => networks.Value.Denoise(start, firstStep, sampler, guidanceScale);

        public void Dispose()
        {
            if (networks.IsValueCreated)
                networks.Value.Dispose();
        }
    }

    private sealed class Networks : IDisposable
    {
        private readonly UNet unet;
        private readonly ControlNet controlNet;
        private readonly FloatTensor structure;
        private readonly TextEmbedding text;

        public Networks(string folder)
        {
            Golden = TensorFile.Open(Path.Combine(folder, "golden.safetensors"));
            Schedule = NoiseSchedule.Open(Path.Combine(folder, "scheduler"));
            unet = UNet.Open(Path.Combine(folder, "unet"), NetworkOptions.Default);
            controlNet = ControlNet.Open(Path.Combine(folder, "controlnet"), NetworkOptions.Default);
            var control = Golden.ReadFloats("unet.control");
            structure = controlNet.Embed(new FloatTensor(control.Row(0).ToArray(), [1, .. control.Shape.AsSpan(1)]), TestContext.Current.CancellationToken);
            var hidden = Golden.ReadFloats("text.hidden");
            text = new TextEmbedding(new FloatTensor([.. hidden.Row(1), .. hidden.Row(0)], hidden.Shape), null);
        }

        public TensorFile Golden { get; }

        public NoiseSchedule Schedule { get; }

        public FloatTensor Denoise(FloatTensor start, int firstStep, Sampler sampler, float guidanceScale)
        {
            var picture = new PictureInProgress(start, firstStep) { Control = (structure, 1), Text = text, GuidanceScale = guidanceScale, Sampler = sampler };
            new DenoisingBatcher(1).Run(picture, new DenoisingStep(unet, controlNet), null, TestContext.Current.CancellationToken);
            return picture.Latents;
        }

        public void Dispose()
        {
            unet.Dispose();
            controlNet.Dispose();
            Golden.Dispose();
        }
    }
}
