namespace StableVideo.Diffusion.Tests.Sampling;

public class SamplerTests
{
    private const int Count = 64;

    /// <summary>With an exact denoiser for one clean picture every solver must arrive at that picture, whatever it was trained to predict.</summary>
    [Theory]
    [CombinatorialSamplers]
    public void Arrives_at_the_picture_an_exact_denoiser_believes_in(SamplerKind kind, string prediction, bool zeroTerminal, float strength)
    {
        var schedule = NoiseScheduleTests.Read($$"""
            {"beta_start":0.00085,"beta_end":0.012,"beta_schedule":"scaled_linear","prediction_type":"{{prediction}}",
             "timestep_spacing":"trailing","rescale_betas_zero_snr":{{(zeroTerminal ? "true" : "false")}}}
            """);
        var clean = new TorchRandom(1).Normal(Count);
        var noise = new TorchRandom(2).Normal(Count);
        var sampler = Sampler.Create(kind, schedule, 8);
        var first = Sampler.FirstStep(8, strength);
        var latents = new float[Count];
        if (first == 0)
            latents = [.. noise.Select(value => value * (float)sampler.InitialScale)];
        else
            sampler.AddNoise(first, clean, noise, latents);

        var input = new float[Count];
        var output = new float[Count];
        var expected = new float[Count];
        for (var step = first; step < 8; step++)
        {
            sampler.ScaleInput(step, latents, input);
            var level = schedule.LevelAt(sampler.Timesteps[step]);
            if (kind != SamplerKind.Ddim)
                level = level.WithSignal();
            for (var i = 0; i < Count; i++)
            {
                var noiseNow = (input[i] - level.Alpha * clean[i]) / level.Sigma;
                output[i] = (float)(prediction switch
                {
                    "epsilon" => noiseNow,
                    "v_prediction" => level.Alpha * noiseNow - level.Sigma * clean[i],
                    _ => clean[i],
                });
            }

            sampler.EstimateClean(step, output, latents, expected);
            // At the first level of a zero-terminal schedule there is next to no signal to tell from.
            if (!zeroTerminal || step > 0 || prediction == "sample")
            {
                for (var i = 0; i < Count; i++)
                    Assert.Equal(clean[i], expected[i], 2e-3f);
            }

            sampler.Step(step, output, latents);
        }

        for (var i = 0; i < Count; i++)
            Assert.Equal(clean[i], latents[i], 2e-3f);
    }

    [Theory]
    [InlineData(20, 0.8f, 4)]
    [InlineData(20, 0.85f, 3)]
    [InlineData(10, 0.7f, 3)]
    [InlineData(6, 0.85f, 1)]
    [InlineData(10, 1f, 0)]
    [InlineData(10, 0f, 10)]
    [InlineData(10, 0.05f, 10)]
    public void First_step_skips_what_strength_leaves_out(int steps, float strength, int expected) => Assert.Equal(expected, Sampler.FirstStep(steps, strength));

    [Fact]
    public void Clipping_bounds_the_clean_prediction()
    {
        var schedule = NoiseScheduleTests.Read("""{"beta_schedule":"scaled_linear","prediction_type":"sample","clip_sample":true,"clip_sample_range":0.5}""");
        var sampler = Sampler.Create(SamplerKind.Ddim, schedule, 1);
        float[] latents = [1, -1];

        sampler.Step(0, [3, -0.25f], latents);

        Assert.Equal([0.5f, -0.25f], latents);
    }

    private sealed class CombinatorialSamplersAttribute : Xunit.v3.DataAttribute
    {
        public override ValueTask<IReadOnlyCollection<ITheoryDataRow>> GetData(System.Reflection.MethodInfo testMethod, Xunit.Sdk.DisposalTracker disposalTracker)
        {
            var rows = from kind in Enum.GetValues<SamplerKind>()
                       from prediction in (string[])["epsilon", "v_prediction", "sample"]
                       from zeroTerminal in (bool[])[false, true]
                       from strength in (float[])[1, 0.6f]
                       where !(zeroTerminal && prediction == "epsilon")
                       select new TheoryDataRow<SamplerKind, string, bool, float>(kind, prediction, zeroTerminal, strength);
            return new([.. rows]);
        }

        public override bool SupportsDiscoveryEnumeration() => true;
    }
}
