using StableVideo.Cli.Commands;
using StableVideo.Cli.Parsing;
using StableVideo.Editing;

namespace StableVideo.Cli.Tests;

public sealed class EditSyntaxTests
{
    [Fact]
    public void Left_out_options_mean_the_models_choice()
    {
        var bound = Bind("car.mp4", "-o", "/tmp/out/edited.mp4", "-f", "a red car");
        Assert.Equal("car.mp4", bound.Input);
        Assert.Null(bound.Mask);
        Assert.Equal(new ProtectFiles(null, null), bound.Protect);
        Assert.Equal("/tmp/out/edited.mp4", bound.Output);
        Assert.Equal("/tmp/out/edited.stablevideo", bound.Folder);
        Assert.False(bound.Json);
        var settings = bound.Settings;
        Assert.Equal(
            ("a red car", null, "", "embedded", 1UL),
            (settings.ForegroundPrompt, settings.BackgroundPrompt, settings.NegativePrompt, settings.Model, settings.Seed));
        Assert.Equal((null, null, null, null), (settings.Keyframes, settings.Steps, settings.GuidanceScale, settings.Strength));
        Assert.Empty(settings.Validate());
    }

    [Fact]
    public void Every_option_reaches_its_setting()
    {
        var bound = Bind(
            "frames", "--output", "/tmp/e.mp4", "--mask", "m.png", "--foreground", "a", "--background", "b", "--negative", "c", "--keyframes", "3,9",
            "--seed", "18446744073709551615", "--steps", "12", "--guidance", "2.5", "--strength", "0.8", "--model", "/models/sd", "--work", "/tmp/w", "--store", "/tmp/s", "--json",
            "--protect-background", "b.png", "--protect-foreground", "f.png");
        Assert.Equal(new ProtectFiles("b.png", "f.png"), bound.Protect);
        Assert.Equal(("frames", "m.png", "/tmp/e.mp4", "/tmp/w", "/tmp/s", true), (bound.Input, bound.Mask, bound.Output, bound.Folder, bound.Store, bound.Json));
        var settings = bound.Settings;
        Assert.Equal(("a", "b", "c", "/models/sd"), (settings.ForegroundPrompt, settings.BackgroundPrompt, settings.NegativePrompt, settings.Model));
        Assert.Equal((ulong.MaxValue, 12, 2.5f, 0.8f), (settings.Seed, settings.Steps, settings.GuidanceScale, settings.Strength));
        Assert.Equal([3, 9], settings.Keyframes);
    }

    [Theory]
    [InlineData("--seed=-1", "--seed: \"-1\" is not a whole number of 0 or more.")]
    [InlineData("--seed=x", "--seed: \"x\" is not a whole number of 0 or more.")]
    [InlineData("--steps=2.5", "--steps: \"2.5\" is not a whole number.")]
    [InlineData("--guidance=high", "--guidance: \"high\" is not a number.")]
    [InlineData("--guidance=NaN", "--guidance: \"NaN\" is not a number.")]
    [InlineData("--strength=1,5", "--strength: \"1,5\" is not a number.")]
    [InlineData("--keyframes=1;2", "--keyframes: \"1;2\" is not a frame number. Give auto or frame numbers counted from 0, such as 0,20,40.")]
    [InlineData("--bogus", "Unrecognized command or argument '--bogus'.")]
    public async Task What_can_not_be_read_is_named_and_ends_with_2(string argument, string message)
    {
        var (code, output, error) = await Screen.RunAsync("edit", "in.mp4", "-o", "out.mp4", "-f", "red", argument);
        Assert.Equal(ExitCode.BadInput, code);
        Assert.Equal("", output);
        Assert.Equal($"error: {message}\nSee: stablevideo edit --help\n", error);
    }

    [Fact]
    public async Task Missing_arguments_are_all_named()
    {
        var (code, _, error) = await Screen.RunAsync("edit");
        Assert.Equal(ExitCode.BadInput, code);
        Assert.Contains("'--output' is required", error, StringComparison.Ordinal);
        Assert.Contains("'IN' missing", error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData]
    [InlineData("--help")]
    [InlineData("edit", "--help")]
    [InlineData("atlas", "-h")]
    [InlineData("sample", "--help")]
    [InlineData("doctor", "--help")]
    [InlineData("models", "--help")]
    [InlineData("clean", "--help")]
    public async Task Help_lists_the_exit_codes(params string[] args)
    {
        var (code, output, error) = await Screen.RunAsync(args);
        Assert.Equal(ExitCode.Done, code);
        Assert.Equal("", error);
        Assert.Contains("Usage:", output, StringComparison.Ordinal);
        foreach (var line in new[] { "0    done", "1    unexpected", "2    bad usage or input", "3    the environment", "4    the image model", "5    the job failed", "130  cancelled" })
            Assert.Contains(line, output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task With_json_an_error_is_an_event_too()
    {
        var (code, output, error) = await Screen.RunAsync("edit", "in.mp4", "-o", "out.mp4", "--json");
        Assert.Equal(ExitCode.BadInput, code);
        Assert.Equal(
            "{\"event\":\"failed\",\"exitCode\":2,\"message\":\"Nothing to edit. Give a foreground prompt, a background prompt, or both.\"}\n", output);
        Assert.Equal("error: Nothing to edit. Give a foreground prompt, a background prompt, or both.\n", error);
    }

    private static JobArguments Bind(params string[] args)
    {
        using var terminal = new Terminal(TextWriter.Null, TextWriter.Null, interactive: false, colour: false);
        var command = new EditCommand(terminal);
        var parsed = command.Parse(args);
        Assert.Empty(parsed.Errors);
        return command.Bind(parsed);
    }
}
