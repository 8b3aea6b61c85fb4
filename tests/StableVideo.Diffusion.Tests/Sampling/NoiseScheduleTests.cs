namespace StableVideo.Diffusion.Tests.Sampling;

public class NoiseScheduleTests
{
    private const string StableDiffusion = """
        {"_class_name":"DDIMScheduler","num_train_timesteps":1000,"beta_start":0.00085,"beta_end":0.012,"beta_schedule":"scaled_linear",
         "clip_sample":false,"set_alpha_to_one":false,"steps_offset":1}
        """;

    [Fact]
    public void Reads_the_settings_of_stable_diffusion()
    {
        var schedule = Read(StableDiffusion);

        Assert.Equal(1000, schedule.TrainingSteps);
        Assert.Equal(PredictionType.Epsilon, schedule.Prediction);
        Assert.Null(schedule.Spacing);
        Assert.Equal(1, schedule.StepsOffset);
        Assert.False(schedule.DdimEndsClean);
        Assert.False(schedule.MultistepEndsClean);
        Assert.Null(schedule.ClipRange);
        Assert.Equal(1 - 0.00085, schedule.CumulativeAlphas[0], 1e-9);
        Assert.Equal(0.0047, schedule.CumulativeAlphas[999], 5e-5);
    }

    [Fact]
    public void Linear_betas_multiply_up()
    {
        var schedule = Read("""{"num_train_timesteps":3,"beta_start":0.1,"beta_end":0.3,"beta_schedule":"linear"}""");

        Assert.Equal([0.9, 0.72, 0.504], schedule.CumulativeAlphas.Select(alpha => Math.Round(alpha, 12)));
    }

    [Fact]
    public void Zero_terminal_rescaling_keeps_the_first_level_and_empties_the_last()
    {
        var schedule = Read("""
            {"beta_start":0.00085,"beta_end":0.012,"beta_schedule":"scaled_linear","prediction_type":"v_prediction","rescale_betas_zero_snr":true}
            """);

        Assert.Equal(1 - 0.00085, schedule.CumulativeAlphas[0], 1e-9);
        Assert.Equal(0, schedule.CumulativeAlphas[999]);
        Assert.True(schedule.CumulativeAlphas.Zip(schedule.CumulativeAlphas.Skip(1)).All(pair => pair.First > pair.Second));
        Assert.Equal(new NoiseLevel(0, 1), schedule.LevelAt(999));
    }

    [Theory]
    [InlineData(SamplerKind.Ddim, "leading", new[] { 751.0, 501, 251, 1 })]
    [InlineData(SamplerKind.Ddim, "trailing", new[] { 999.0, 749, 499, 249 })]
    [InlineData(SamplerKind.Ddim, "linspace", new[] { 999.0, 666, 333, 0 })]
    [InlineData(SamplerKind.DpmSolver, "leading", new[] { 801.0, 601, 401, 201 })]
    [InlineData(SamplerKind.DpmSolver, "trailing", new[] { 999.0, 749, 499, 249 })]
    [InlineData(SamplerKind.DpmSolver, "linspace", new[] { 999.0, 749, 500, 250 })]
    [InlineData(SamplerKind.Euler, "leading", new[] { 751.0, 501, 251, 1 })]
    [InlineData(SamplerKind.Euler, "linspace", new[] { 999.0, 666, 333, 0 })]
    public void Timesteps_follow_the_spacing(SamplerKind kind, string spacing, double[] expected)
    {
        var schedule = Read($$"""{"beta_schedule":"scaled_linear","steps_offset":1,"timestep_spacing":"{{spacing}}"}""");

        Assert.Equal(expected, Sampler.Create(kind, schedule, 4).Timesteps);
    }

    [Theory]
    [InlineData("""{"prediction_type":"flow"}""", "\"prediction_type\" is \"flow\", which is not supported. Supported: epsilon, v_prediction, sample.")]
    [InlineData("""{"beta_schedule":"squaredcos_cap_v2"}""", "\"beta_schedule\" is \"squaredcos_cap_v2\", which is not supported. Supported: linear, scaled_linear.")]
    [InlineData("""{"timestep_spacing":"log"}""", "\"timestep_spacing\" is \"log\", which is not supported. Supported: leading, trailing, linspace.")]
    [InlineData("""{"beta_start":"small"}""", "\"beta_start\" is \"small\"; it must be a number from 1E-09 to 0.999.")]
    [InlineData("""{"num_train_timesteps":0}""", "\"num_train_timesteps\" is 0; it must be a whole number from 1 to 100000.")]
    [InlineData("""{"clip_sample":1}""", "\"clip_sample\" is 1; it must be true or false.")]
    [InlineData("""{"rescale_betas_zero_snr":true}""",
        "\"prediction_type\" is \"epsilon\", which is not supported. Supported: v_prediction or sample where rescale_betas_zero_snr is true.")]
    public void A_wrong_setting_is_named_with_its_key_and_what_is_possible(string json, string message)
    {
        var error = Assert.Throws<ModelException>(() => Read(json));
        Assert.EndsWith($"scheduler_config.json: {message}", error.Message, StringComparison.Ordinal);
    }

    internal static NoiseSchedule Read(string json)
    {
        var folder = Directory.CreateTempSubdirectory("scheduler-").FullName;
        try
        {
            File.WriteAllText(Path.Combine(folder, "scheduler_config.json"), json);
            return NoiseSchedule.Open(folder);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }
}
