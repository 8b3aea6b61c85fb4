using StableVideo.Imaging;

namespace StableVideo.Atlas.Tests;

public class DecomposerTests(DecompositionFixture fixture)
{
    [Fact]
    public void The_clip_is_reproduced()
    {
        var metrics = fixture.Result.Metrics;
        Assert.InRange(metrics.Psnr, 44, 60);
        Assert.InRange(metrics.PsnrWithoutGain, 44, metrics.Psnr + 0.5);
        Assert.InRange(metrics.ForegroundPsnr, 40, 60);
        Assert.InRange(metrics.Ssim, 0.98, 1);
        Assert.InRange(metrics.ForegroundShare, 0.1, 0.2);
    }

    [Fact]
    public void Metrics_are_what_a_viewer_would_measure()
    {
        var d = fixture.Result;
        var frame = new Raster<byte>(d.Width, d.Height, 3);
        var sum = 0.0;
        for (var t = 0; t < d.FrameCount; t++)
        {
            Compositor.Compose(d, t, d.Foreground.Atlas, d.Background.Atlas, frame);
            sum += Quality.Psnr(fixture.Clip.Frames[t], frame);
        }

        Assert.Equal(sum / d.FrameCount, d.Metrics.Psnr, 1e-6);
    }

    [Fact]
    public void Alpha_matches_the_true_mask() => Assert.True(DecompositionFixture.Overlap(fixture.Result, fixture.Clip) > 0.97);

    /// <summary>Every surface point should keep one place in the atlas: median distance from its mean place, over all frames.</summary>
    [Fact]
    public void Surface_points_keep_their_place_in_the_atlas()
    {
        var drifts = Drifts();
        Assert.InRange(drifts[drifts.Count / 2], 0, 0.3);
        Assert.InRange(drifts[drifts.Count * 95 / 100], 0, 1);
    }

    [Fact]
    public void Atlases_hold_the_object_at_its_size()
    {
        var layer = fixture.Result.Foreground;
        Assert.InRange(layer.AtlasWidth, 2 * SyntheticClip.Radius, 3.2 * SyntheticClip.Radius);
        Assert.InRange(layer.AtlasHeight, 2 * SyntheticClip.Radius, 3.2 * SyntheticClip.Radius);
        Assert.InRange(fixture.Result.Background.AtlasWidth, SyntheticClip.Width, 2 * SyntheticClip.Width);
    }

    [Fact]
    public void The_same_clip_gives_the_same_bytes()
    {
        var again = Decomposer.Decompose(new FrameList(fixture.Clip.Frames), fixture.Clip.Masks, cancellationToken: TestContext.Current.CancellationToken);
        Assert.Equal(DecompositionFixture.Bytes(fixture.Result), DecompositionFixture.Bytes(again));
    }

    private List<double> Drifts()
    {
        const float Cell = 4;
        var places = new Dictionary<(int, int), List<(double U, double V)>>();
        for (var t = 0; t < fixture.Clip.Frames.Length; t++)
        {
            for (var y = 0; y + 1 < SyntheticClip.Height; y++)
            {
                for (var x = 0; x + 1 < SyntheticClip.Width; x++)
                {
                    if (fixture.Clip.Masks[t][x, y] < 250)
                        continue;
                    float u = fixture.Clip.Truth[t][x, y, 0] / Cell, v = fixture.Clip.Truth[t][x, y, 1] / Cell;
                    var cell = ((int)MathF.Round(u), (int)MathF.Round(v));
                    if (!places.TryGetValue(cell, out var list))
                        places[cell] = list = [];
                    list.Add(AtCellCentre(t, x, y, Cell * (cell.Item1 - u), Cell * (cell.Item2 - v)));
                }
            }
        }

        var drifts = new List<double>();
        foreach (var list in places.Values.Where(l => l.Count >= 5))
        {
            double mu = list.Average(p => p.U), mv = list.Average(p => p.V);
            drifts.AddRange(list.Select(p => Math.Sqrt(((p.U - mu) * (p.U - mu)) + ((p.V - mv) * (p.V - mv)))));
        }

        drifts.Sort();
        return drifts;
    }

    /// <summary>The atlas place of the surface point (du, dv) texture units beside pixel (x, y), to first order.</summary>
    private (double U, double V) AtCellCentre(int t, int x, int y, double du, double dv)
    {
        var truth = fixture.Clip.Truth[t];
        var map = fixture.Result.Foreground.Map;
        var (u, v) = map.At(t, x + 0.5, y + 0.5);
        var (ux, vx) = map.At(t, x + 1.5, y + 0.5);
        var (uy, vy) = map.At(t, x + 0.5, y + 1.5);
        double a = truth[x + 1, y, 0] - truth[x, y, 0], b = truth[x, y + 1, 0] - truth[x, y, 0];
        double c = truth[x + 1, y, 1] - truth[x, y, 1], d = truth[x, y + 1, 1] - truth[x, y, 1];
        var determinant = (a * d) - (b * c);
        double dx = ((d * du) - (b * dv)) / determinant, dy = ((a * dv) - (c * du)) / determinant;
        return (u + ((ux - u) * dx) + ((uy - u) * dy), v + ((vx - v) * dx) + ((vy - v) * dy));
    }
}
