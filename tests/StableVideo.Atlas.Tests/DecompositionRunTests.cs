using StableVideo.Imaging;

namespace StableVideo.Atlas.Tests;

/// <summary>A run that is left behind a step and taken up by another ends in the same bytes.</summary>
public class DecompositionRunTests
{
    private static readonly DecomposeOptions Options = new() { LongHops = [3, 2], RefinementRounds = 2 };
    private readonly SyntheticClip _clip = new(8);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public static TheoryData<string> Masks => ["every", "first", "none"];

    [Theory]
    [MemberData(nameof(Masks))]
    public void Taken_up_behind_any_step_it_ends_in_the_same_bytes_and_does_only_the_rest(string masks)
    {
        var whole = NewRun(masks);
        var left = new List<(string Next, double Fraction, Dictionary<string, ReadOnlyMemory<byte>> Parts)>();
        while (!whole.IsFinished)
        {
            left.Add((whole.Next!, whole.Fraction, PartsOf(whole)));
            whole.Advance(cancellationToken: Token);
        }

        string[] steps = ["neighbours", "hop-3", "hop-2", "solution-0", "solution-1", "solution-2", "atlases", "shades", "metrics"];
        Assert.Equal(masks == "every" ? steps : ["masks", .. steps], left.Select(l => l.Next));
        var expected = DecompositionFixture.Bytes(whole.Result);
        for (var i = 0; i < left.Count; i++)
        {
            var (next, fraction, parts) = left[i];
            var run = NewRun(masks);
            Assert.True(run.TryGoOn(next, parts), next);
            Assert.Equal((next, fraction), (run.Next, run.Fraction));
            Assert.Equal(parts.Keys, run.Parts);
            Assert.All(parts, part => Assert.Equal(part.Value.ToArray(), PartsOf(run)[part.Key].ToArray()));
            var seen = new List<double>();
            var done = new List<string>();
            while (!run.IsFinished)
            {
                done.Add(run.Next!);
                run.Advance(new Watch(seen.Add), Token);
            }

            Assert.Equal(left.Skip(i).Select(l => l.Next), done);
            Assert.All(seen, f => Assert.InRange(f, fraction, 1));
            Assert.Equal(expected, DecompositionFixture.Bytes(run.Result));
        }
    }

    [Fact]
    public void What_does_not_fit_is_refused_and_changes_nothing()
    {
        var whole = NewRun("first");
        while (whole.Next != "metrics")
        {
            var parts = PartsOf(whole);
            foreach (var (name, bytes) in parts)
            {
                Refuse(whole.Next!, parts, name, null);
                Refuse(whole.Next!, parts, name, bytes[..^1]);
                Refuse(whole.Next!, parts, name, bytes[..3]);
                Refuse(whole.Next!, parts, name, new byte[bytes.Length]);
                Refuse(whole.Next!, parts, name, (byte[])[.. bytes.Span, 0]);
            }

            whole.Advance(cancellationToken: Token);
        }

        var other = NewRun("first");
        Assert.False(other.TryGoOn("a step of old", PartsOf(whole)));
        Assert.Throws<ArgumentException>(() => whole.WritePart("neighbours", Stream.Null));
    }

    [Fact]
    public void Parts_of_a_longer_clip_are_refused()
    {
        var longer = new DecompositionRun(new FrameList(new SyntheticClip(9).Frames), [_clip.Masks[0]], Options);
        while (longer.Next != "atlases")
            longer.Advance(cancellationToken: Token);
        Assert.False(NewRun("first").TryGoOn("atlases", PartsOf(longer)));
    }

    private void Refuse(string next, Dictionary<string, ReadOnlyMemory<byte>> parts, string name, ReadOnlyMemory<byte>? instead)
    {
        var broken = parts.Where(p => p.Key != name).ToDictionary();
        if (instead is { } bytes)
            broken[name] = bytes;
        var run = NewRun("first");
        Assert.False(run.TryGoOn(next, broken), $"{name} before {next}: {instead?.Length} bytes");
        Assert.Equal(("masks", 0), (run.Next, run.Fraction));
    }

    private DecompositionRun NewRun(string masks) =>
        new(new FrameList(_clip.Frames), masks == "every" ? _clip.Masks : masks == "first" ? [_clip.Masks[0]] : null, Options);

    private static Dictionary<string, ReadOnlyMemory<byte>> PartsOf(DecompositionRun run)
    {
        var parts = new Dictionary<string, ReadOnlyMemory<byte>>();
        foreach (var part in run.Parts)
        {
            using var bytes = new MemoryStream();
            run.WritePart(part, bytes);
            parts[part] = bytes.ToArray();
        }

        return parts;
    }

    private sealed class Watch(Action<double> seen) : IProgress<double>
    {
        public void Report(double value)
        {
            lock (this)
                seen(value);
        }
    }
}
