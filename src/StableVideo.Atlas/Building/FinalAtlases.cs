using StableVideo.Atlas.Masks;
using StableVideo.Atlas.Solving;
using StableVideo.Imaging;

namespace StableVideo.Atlas.Building;

/// <summary>The last steps, at the frames' own size: both atlases, then alpha and gain. Frames are streamed; only atlases stay in memory.</summary>
/// <param name="frames">The clip.</param>
/// <param name="masks">Masks; given ones are used at full size.</param>
/// <param name="solveAlpha">Alpha at the solver's size, used where no mask was given at full size.</param>
/// <param name="options">Knobs.</param>
internal sealed class FinalAtlases(IReadOnlyFrameSequence frames, ClipMasks masks, Raster<byte>[] solveAlpha, DecomposeOptions options)
{
    private const int BandRadius = 3;
    private const int BackgroundMargin = 5;
    private PackedMasks? _inside;

    /// <param name="foreground">Solved mapping of the foreground.</param>
    /// <param name="background">Solved mapping of the background.</param>
    /// <param name="progress">This step's share.</param>
    public (BuiltLayer Foreground, BuiltLayer Background) Build(UvMap foreground, UvMap background, StageProgress progress)
    {
        var front = Place(foreground, masks.Solve);
        var back = Place(background, [.. masks.Solve.Select(m => LayerWeights.Outside(m, 2))]);
        var passes = options.SharpeningPasses + 1;
        var inside = Inside(progress);
        var outside = new PackedMasks(frames.Count, frames.Width, frames.Height);
        Parallel.For(0, frames.Count, progress.Parallel, t => outside.Put(t, LayerWeights.Outside(inside.Get(t), BackgroundMargin)));
        for (var pass = 0; pass < passes; pass++)
        {
            for (var t = 0; t < frames.Count; t++)
            {
                Add(front, t, frames[t], LayerWeights.Opaque(inside.Get(t)), pass);
                Add(back, t, frames[t], outside.Get(t), pass);
                progress.Report((pass * frames.Count) + t + 1, passes * frames.Count);
            }

            Finish(front, pass);
            Finish(back, pass);
        }

        return (Built(front), Built(back));
    }

    /// <summary>Alpha of every frame, deflated, and gains.</summary>
    /// <param name="foreground">The finished foreground.</param>
    /// <param name="background">The finished background.</param>
    /// <param name="progress">This step's share.</param>
    public (byte[][] Alpha, GainField Gain) Shade(BuiltLayer foreground, BuiltLayer background, StageProgress progress)
    {
        var inside = Inside(progress);
        var (columns, rows) = GainSolver.Grid(options.GainColumns, frames.Width, frames.Height);
        var gains = new float[frames.Count * columns * rows * 3];
        var alpha = new byte[frames.Count][];
        Raster<float> seenFront = new(frames.Width, frames.Height, 3), seenBack = new(frames.Width, frames.Height, 3);
        for (var t = 0; t < frames.Count; t++)
        {
            foreground.Picture.Render(t, seenFront);
            background.Picture.Render(t, seenBack);
            alpha[t] = RefineFrame(frames[t], seenFront, seenBack, inside.Get(t), gains.AsSpan(t * columns * rows * 3, columns * rows * 3), columns, rows);
            progress.Report(t + 1, frames.Count);
        }

        return (alpha, new GainField(frames.Count, columns, rows, gains));
    }

    private PackedMasks Inside(StageProgress progress)
    {
        if (_inside is not null)
            return _inside;
        var inside = new PackedMasks(frames.Count, frames.Width, frames.Height);
        Parallel.For(0, frames.Count, progress.Parallel, t => inside.Put(t, FullMask(t)));
        return _inside = inside;
    }

    private (UvMap Map, AtlasBuilder Builder) Place(UvMap map, Raster<byte>[] weights)
    {
        var placement = AtlasPlacement.Enclose(map, weights, 1, options.MaximumAtlasSide);
        var placed = placement.Place(map);
        return (placed, new AtlasBuilder(placed, placement.Width, placement.Height, options.RobustScale));
    }

    private static void Add((UvMap Map, AtlasBuilder Builder) layer, int frame, Raster<byte> picture, Raster<byte> weight, int pass)
    {
        if (pass == 0)
            layer.Builder.Splat(frame, picture, weight);
        else
            layer.Builder.BackProject(frame, picture, weight);
    }

    private static void Finish((UvMap Map, AtlasBuilder Builder) layer, int pass)
    {
        if (pass == 0)
            layer.Builder.FinishSplat();
        else
            layer.Builder.FinishPass(pass <= 2 ? 1f : 1.3f);
    }

    private Raster<byte> FullMask(int t) => masks.Given is null
        ? Resample.Resize(solveAlpha[t], frames.Width, frames.Height, ResampleFilter.Bicubic)
        : Resample.GaussianBlur(masks.Given[t], ClipMasks.EdgeSoftness);

    /// <summary>Refines one frame's alpha, solves its gains, and packs the alpha. <paramref name="front"/> becomes the composite.</summary>
    private static byte[] RefineFrame(Raster<byte> frame, Raster<float> front, Raster<float> back, Raster<byte> mask, Span<float> gains, int columns, int rows)
    {
        int width = frame.Width, height = frame.Height;
        var band = LayerWeights.EdgeBand(mask, BandRadius);
        var alpha = new Raster<byte>(width, height, 1);
        Rows.For(height, y =>
        {
            Span<float> a = new float[width];
            AlphaRefiner.RefineRow(frame.Row(y), front.Row(y), back.Row(y), mask.Row(y), band.Row(y), a);
            var mixed = front.Row(y);
            var behind = back.Row(y);
            for (var x = 0; x < width; x++)
            {
                alpha[x, y] = (byte)((a[x] * 255) + 0.5f);
                for (var c = 3 * x; c < (3 * x) + 3; c++)
                    mixed[c] = behind[c] + (a[x] * (mixed[c] - behind[c]));
            }
        });
        GainSolver.Solve(frame, front, columns, rows, gains);
        return Decomposition.Deflate(alpha, width, height);
    }

    private static BuiltLayer Built((UvMap Map, AtlasBuilder Builder) layer)
    {
        var weight = layer.Builder.Weight;
        var coverage = new Raster<byte>(weight.Width, weight.Height, 1);
        for (var i = 0; i < coverage.Data.Length; i++)
            coverage.Data[i] = (byte)(Math.Clamp(weight.Data[i], 0, 1) * 255);
        return new BuiltLayer(new LayerPicture(layer.Map, layer.Builder.ToRaster()), coverage);
    }
}
