using StableVideo.Atlas.Solving;

namespace StableVideo.Atlas.Tests;

public class LayerSolverTests
{
    /// <summary>Matches that follow a known bilinear deformation: the solver must find mappings that join them.</summary>
    [Fact]
    public void Matched_points_are_mapped_to_one_place()
    {
        var solver = Solver();
        solver.Solve(Matches(0), null, 0, 300, 1, true, CancellationToken.None);
        Assert.All(Matches(0).Single().Points, p => Assert.InRange(Distance(solver.Map, p), 0, 0.05));
    }

    [Fact]
    public void Outliers_lose_their_say()
    {
        var solver = Solver();
        solver.Solve(Matches(0.1), null, 0, 300, 6, true, CancellationToken.None);
        var good = Matches(0).Single().Points.Select(p => Distance(solver.Map, p)).Order().ToArray();
        Assert.InRange(good[good.Length / 2], 0, 0.25);
    }

    [Fact]
    public void A_finer_lattice_starts_where_the_coarse_one_ended()
    {
        var solver = Solver();
        solver.Solve(Matches(0), null, 0, 100, 1, true, CancellationToken.None);
        var before = solver.Map;
        solver.RefineTo(8);
        foreach (var (x, y) in ((double, double)[])[(3, 4), (50, 40), (90, 60)])
        {
            Assert.Equal(before.At(1, x, y).U, solver.Map.At(1, x, y).U, 1e-3);
            Assert.Equal(before.At(1, x, y).V, solver.Map.At(1, x, y).V, 1e-3);
        }
    }

    [Fact]
    public void Targets_pull_a_frame_to_where_the_atlas_has_it()
    {
        var solver = Solver();
        List<PointTarget> targets = [];
        for (var y = 4; y < 64; y += 4)
        {
            for (var x = 4; x < 96; x += 4)
                targets.Add(new PointTarget(x, y, x + 2.5f, y - 1.5f, 1));
        }

        solver.Solve([], [[], targets], 6, 300, 1, true, CancellationToken.None);
        var (u, v) = solver.Map.At(1, 50, 30);
        Assert.Equal(52.5, u, 0.02);
        Assert.Equal(28.5, v, 0.02);
    }

    private static LayerSolver Solver() => new(96, 64, 16, [Homography.Identity, Homography.Identity], new LatticeRegulariser(1e-4f, 1e-5f), 0, 1, 1);

    private static List<MatchList> Matches(double outliers)
    {
        var random = new Random(3);
        List<PointMatch> points = [];
        for (var y = 4; y < 60; y += 3)
        {
            for (var x = 4; x < 90; x += 3)
            {
                float dx = (0.05f * x) - (0.02f * y) + 1, dy = 0.03f * y;
                if (random.NextDouble() < outliers)
                    (dx, dy) = (dx + 15, dy - 9);
                points.Add(new PointMatch(x, y, x + dx, y + dy, 1));
            }
        }

        return [new MatchList(0, 1, points)];
    }

    private static double Distance(UvMap map, PointMatch p)
    {
        var (ua, va) = map.At(0, p.Xa, p.Ya);
        var (ub, vb) = map.At(1, p.Xb, p.Yb);
        return Math.Sqrt(((ua - ub) * (ua - ub)) + ((va - vb) * (va - vb)));
    }
}
