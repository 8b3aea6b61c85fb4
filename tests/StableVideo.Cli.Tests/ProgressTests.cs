using Spectre.Console;
using StableVideo.Cli.Progress;

namespace StableVideo.Cli.Tests;

public sealed class ProgressTests
{
    private static readonly Dictionary<string, double> NoFigures = [];

    [Theory]
    [InlineData(0, "0.0 s")]
    [InlineData(9.94, "9.9 s")]
    [InlineData(9.96, "10 s")]
    [InlineData(59.4, "59 s")]
    [InlineData(59.6, "1 min 00 s")]
    [InlineData(125, "2 min 05 s")]
    [InlineData(3599.9, "1 h 00 min")]
    [InlineData(7380, "2 h 03 min")]
    public void Durations_are_written_for_people(double seconds, string expected) => Assert.Equal(expected, Words.Duration(seconds));

    [Theory]
    [InlineData(0, "0 %")]
    [InlineData(0.5, "50 %")]
    [InlineData(0.999, "99 %")]
    [InlineData(1, "100 %")]
    public void A_hundred_percent_means_the_end(double fraction, string expected) => Assert.Equal(expected, Words.Percent(fraction));

    [Fact]
    public void Stage_kinds_have_slugs()
    {
        Assert.Equal("edit-background", Words.Slug("EditBackground"));
        Assert.Equal("probe", Words.Slug("Probe"));
        Assert.Equal("edit background", Words.Stage("edit-background"));
    }

    [Fact]
    public void Steady_work_is_estimated_exactly()
    {
        var left = new TimeLeft();
        double? estimate = null;
        for (var second = 1; second <= 30; second++) estimate = left.Update(second / 100.0, second);
        Assert.Equal(70, estimate!.Value, 6);
    }

    [Fact]
    public void A_slow_start_is_forgotten()
    {
        var left = new TimeLeft();
        left.Update(0.01, 60); // a minute of loading
        double? estimate = null;
        for (var second = 1; second <= 40; second++) estimate = left.Update(0.01 + (second * 0.02), 60 + second);
        Assert.InRange(estimate!.Value, 9.5, 25); // 0.19 left at 0.02 a second is 9.5 s; a plain average would say 23 + 60
    }

    [Fact]
    public void Nothing_is_estimated_from_nothing()
    {
        var left = new TimeLeft();
        Assert.Null(left.Update(0, 10));
        Assert.Null(new TimeLeft().Update(0.5, 0.5));
    }

    [Fact]
    public void Events_are_json_lines()
    {
        Assert.Equal("{\"event\":\"stage-started\",\"stage\":\"edit-foreground\"}", JsonLines.Line(new StageStarted("edit-foreground")));
        Assert.Equal(
            "{\"event\":\"stage-progress\",\"stage\":\"decompose\",\"fraction\":0.25,\"message\":\"sweep 1 of 4\",\"secondsLeft\":null}",
            JsonLines.Line(new StageProgressed("decompose", 0.25, "sweep 1 of 4", null)));
        Assert.Equal(
            "{\"event\":\"stage-finished\",\"stage\":\"decompose\",\"seconds\":3.5,\"reused\":true,\"metrics\":{\"psnr\":31.5},\"kept\":false}",
            JsonLines.Line(new StageFinished("decompose", 3.5, true, new Dictionary<string, double> { ["psnr"] = 31.5 })));
        Assert.Equal("{\"event\":\"note\",\"message\":\"Zoë's \\\"café\\\"\"}", JsonLines.Line(new Note("Zoë's \"café\"")));
    }

    [Fact]
    public void Plain_lines_tell_starts_ends_and_tenths()
    {
        using var output = new StringWriter { NewLine = "\n" };
        using var lines = new PlainLines(output);
        lines.Show(new JobStarted("abc", false, ["probe", "decompose"], 12, 256, 144));
        lines.Show(new StageFinished("probe", 0.1, true, NoFigures));
        lines.Show(new StageStarted("decompose"));
        foreach (var fraction in new[] { 0.05, 0.12, 0.13, 0.55, 0.56, 1 }) lines.Show(new StageProgressed("decompose", fraction, "solving", 61));
        lines.Show(new StageFinished("decompose", 12, false, new Dictionary<string, double> { ["psnr"] = 30.04 }));
        lines.Show(new JobFinished("/o.mp4", "/o", "/o/report.json", 75, 812));
        Assert.Equal(
            """
            starting job abc: 12 frames, 256 x 144
            probe: reused
            decompose: started
            decompose: 12 %, solving, 1 min 01 s left
            decompose: 55 %, solving, 1 min 01 s left
            decompose: 100 %, solving, 1 min 01 s left
            decompose: done in 12 s, PSNR 30.0 dB
            done in 1 min 15 s, peak memory 812 MB
            video:  /o.mp4
            folder: /o
            report: /o/report.json

            """.ReplaceLineEndings("\n"),
            output.ToString());
    }

    [Fact]
    public void The_table_shows_where_each_stage_stands()
    {
        StageRow[] rows = [new("probe"), new("decompose"), new("edit-foreground"), new("compose")];
        ProgressEvent[] events =
        [
            new StageFinished("probe", 0.2, true, NoFigures),
            new StageStarted("decompose"),
            new StageFinished("decompose", 65, false, new Dictionary<string, double> { ["psnr"] = 29.96 }),
            new StageStarted("edit-foreground"),
            new StageProgressed("edit-foreground", 0.5, "keyframe 2 of 4", 30),
        ];
        foreach (var happened in events) rows = [.. rows.Select(row => row.After(happened, now: 100))];

        using var output = new StringWriter { NewLine = "\n" };
        var console = AnsiConsole.Create(new AnsiConsoleSettings { Ansi = AnsiSupport.No, ColorSystem = ColorSystemSupport.NoColors, Out = new AnsiConsoleOutput(output) });
        console.Profile.Width = 100;
        console.Write(StageTable.Draw(rows, now: 110));
        var lines = output.ToString().Split('\n').Select(line => line.TrimEnd()).ToArray();
        var full = new string('━', 24);
        Assert.Matches($"^= probe +{full} +reused$", lines[0]);
        Assert.Matches($"^\\+ decompose +{full} +1 min 05 s +PSNR 30.0 dB$", lines[1]);
        Assert.Matches($"^> edit foreground +{full} +50 % +20 s left +keyframe 2 of 4$", lines[2]);
        Assert.Matches($"^  compose +{full}$", lines[3]);
    }
}
