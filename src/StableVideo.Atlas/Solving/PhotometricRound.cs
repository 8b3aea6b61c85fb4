using StableVideo.Atlas.Building;
using StableVideo.Atlas.Masks;
using StableVideo.Imaging;

namespace StableVideo.Atlas.Solving;

/// <summary>
/// One photometric refinement: atlases at the solver's size, every frame's rendering from them, and the optical flow e between frame and rendering.
/// A frame pixel x then belongs where the rendering has it: its UV should be <c>UV(x + e)</c>.
/// </summary>
internal sealed class PhotometricRound(SolveClip clip, DecomposeOptions options)
{
    private const float LargestMove = 6;
    private const int ForegroundStep = 5;
    private const int BackgroundStep = 12;
    private const int BandRadius = 3;

    /// <summary>What a round found: photometric targets per frame and layer, and refined alpha.</summary>
    public sealed record Outcome(List<PointTarget>[] Foreground, List<PointTarget>[] Background, Raster<byte>[] Alpha);

    /// <param name="foreground">Mapping of the foreground.</param>
    /// <param name="background">Mapping of the background.</param>
    /// <param name="masks">Masks at the solver's size.</param>
    /// <param name="alpha">Alpha of the last round.</param>
    /// <param name="progress">This round's share.</param>
    public Outcome Run(UvMap foreground, UvMap background, Raster<byte>[] masks, Raster<byte>[] alpha, StageProgress progress)
    {
        var front = BuildAtlas(foreground, [.. alpha.Select(LayerWeights.Opaque)], progress);
        var back = BuildAtlas(background, [.. alpha.Zip(masks, (a, m) => LayerWeights.Outside(Larger(a, m), 2))], progress);
        var outcome = new Outcome(new List<PointTarget>[clip.Count], new List<PointTarget>[clip.Count], new Raster<byte>[clip.Count]);
        Parallel.For(0, clip.Count, progress.Parallel, t =>
        {
            var f = front.Render(t, clip.Width, clip.Height);
            var b = back.Render(t, clip.Width, clip.Height);
            var a = RefineAlpha(clip.Rgb[t], f, b, masks[t]);
            var flow = OpticalFlow.Compute(clip.Gray[t], Rendering(t, f, b, a), new FlowOptions { Method = FlowMethod.Dis });
            outcome.Alpha[t] = a;
            outcome.Foreground[t] = Targets(foreground, t, flow, a, inside: true, ForegroundStep);
            outcome.Background[t] = Targets(background, t, flow, a, inside: false, BackgroundStep);
            progress.Step(clip.Count);
        });
        return outcome;
    }

    private LayerPicture BuildAtlas(UvMap map, Raster<byte>[] weights, StageProgress progress)
    {
        var placement = AtlasPlacement.Enclose(map, weights, 1 / clip.Unit, options.MaximumAtlasSide);
        var placed = placement.Place(map);
        var builder = new AtlasBuilder(placed, placement.Width, placement.Height, options.RobustScale);
        for (var pass = 0; pass <= 2; pass++)
        {
            for (var t = 0; t < clip.Count; t++)
            {
                progress.Cancellation.ThrowIfCancellationRequested();
                if (pass == 0)
                    builder.Splat(t, clip.Rgb[t], weights[t]);
                else
                    builder.BackProject(t, clip.Rgb[t], weights[t]);
            }

            if (pass == 0)
                builder.FinishSplat();
            else
                builder.FinishPass(1);
        }

        return new LayerPicture(placed, builder.ToRaster());
    }

    private static Raster<byte> RefineAlpha(Raster<byte> frame, Raster<float> front, Raster<float> back, Raster<byte> mask)
    {
        var band = LayerWeights.EdgeBand(mask, BandRadius);
        var alpha = new Raster<byte>(mask.Width, mask.Height, 1);
        var row = new float[mask.Width];
        for (var y = 0; y < mask.Height; y++)
        {
            AlphaRefiner.RefineRow(frame.Row(y), front.Row(y), back.Row(y), mask.Row(y), band.Row(y), row);
            for (var x = 0; x < row.Length; x++)
                alpha[x, y] = (byte)((row[x] * 255) + 0.5f);
        }

        return alpha;
    }

    private Raster<byte> Rendering(int frame, Raster<float> front, Raster<float> back, Raster<byte> alpha)
    {
        var mixed = new Raster<float>(front.Width, front.Height, 3);
        for (var i = 0; i < mixed.Data.Length; i++)
            mixed.Data[i] = back.Data[i] + (alpha.Data[i / 3] / 255f * (front.Data[i] - back.Data[i]));
        var (columns, rows) = GainSolver.Grid(options.GainColumns, front.Width, front.Height);
        var gains = new float[columns * rows * 3];
        GainSolver.Solve(clip.Rgb[frame], mixed, columns, rows, gains);
        var field = new GainField(1, columns, rows, gains);
        var gain = new float[front.Width * 3];
        for (var y = 0; y < mixed.Height; y++)
        {
            field.FillRow(0, y, mixed.Width, mixed.Height, gain);
            System.Numerics.Tensors.TensorPrimitives.Multiply(mixed.Row(y), gain, mixed.Row(y));
        }

        return Colour.ToGray(mixed.ToBytes());
    }

    private List<PointTarget> Targets(UvMap map, int frame, Raster<float> flow, Raster<byte> alpha, bool inside, int step)
    {
        var targets = new List<PointTarget>();
        float Membership(float x, float y) => inside ? Look(alpha, x, y) / 255f : 1 - (Look(alpha, x, y) / 255f);
        for (var y = step / 2; y < alpha.Height; y += step)
        {
            for (var x = step / 2; x < alpha.Width; x += step)
            {
                float ex = flow[x, y, 0], ey = flow[x, y, 1], own = Membership(x, y);
                if (own <= 0.6f || (ex * ex) + (ey * ey) >= LargestMove * LargestMove || Membership(x + ex, y + ey) <= 0.5f)
                    continue;
                var (u, v) = map.At(frame, (x + ex + 0.5) * clip.ScaleX, (y + ey + 0.5) * clip.ScaleY);
                targets.Add(new PointTarget((x + 0.5f) * clip.ScaleX, (y + 0.5f) * clip.ScaleY, (float)u, (float)v, own));
            }
        }

        return targets;
    }

    private static float Look(Raster<byte> picture, float x, float y)
        => picture[(int)MathF.Round(Math.Clamp(x, 0, picture.Width - 1)), (int)MathF.Round(Math.Clamp(y, 0, picture.Height - 1))];

    private static Raster<byte> Larger(Raster<byte> a, Raster<byte> b)
    {
        var result = a.Clone();
        System.Numerics.Tensors.TensorPrimitives.Max<byte>(a.Data, b.Data, result.Data);
        return result;
    }
}
