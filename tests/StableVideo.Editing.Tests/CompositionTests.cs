using StableVideo.Atlas;
using StableVideo.Imaging;

namespace StableVideo.Editing.Tests;

public class CompositionTests
{
    private const int Width = 64;
    private const int Height = 48;

    [Fact]
    public void A_perfect_decomposition_gives_the_equation_of_the_paper()
    {
        var clip = new Still();
        var (foreground, background) = (Pictures.Textured(80, 60, 11), Pictures.Textured(90, 70, 12));
        var expected = new Raster<byte>(Width, Height, 3);
        Compositor.Compose(clip.Decomposition, 0, foreground, background, expected);
        var actual = new Raster<byte>(Width, Height, 3);
        new EditCompositor(clip.Decomposition, new EditedAtlas(foreground), new EditedAtlas(background), 1).Compose(0, clip.Frame, actual);
        Assert.InRange(Pictures.MeanDifference(expected, actual), 0, 0.6);
    }

    [Fact]
    public void Without_detail_carry_the_equation_holds_for_any_frame()
    {
        var clip = new Still();
        var (foreground, background) = (Pictures.Textured(80, 60, 11), Pictures.Textured(90, 70, 12));
        var expected = new Raster<byte>(Width, Height, 3);
        Compositor.Compose(clip.Decomposition, 0, foreground, background, expected);
        var actual = new Raster<byte>(Width, Height, 3);
        new EditCompositor(clip.Decomposition, new EditedAtlas(foreground), new EditedAtlas(background), 0).Compose(0, Pictures.Textured(Width, Height, 99), actual);
        Assert.Equal(expected.Data, actual.Data);
    }

    [Fact]
    public void A_kept_background_is_the_frame_itself()
    {
        var clip = new Still();
        var frame = Pictures.Textured(Width, Height, 99);
        var actual = new Raster<byte>(Width, Height, 3);
        new EditCompositor(clip.Decomposition, new EditedAtlas(Pictures.Filled(80, 60, 255, 0, 0).ToBytes()), null, 1).Compose(0, frame, actual);
        var (outside, inside) = (0, 0);
        for (var p = 0; p < Width * Height; p++)
        {
            if (clip.Alpha.Data[p] == 0)
            {
                outside++;
                Assert.Equal(frame.Data.AsSpan(p * 3, 3), actual.Data.AsSpan(p * 3, 3));
            }
            else if (clip.Alpha.Data[p] == 255)
            {
                inside++;
            }
        }

        Assert.True(outside > 500 && inside > 200);
    }

    [Fact]
    public void A_kept_foreground_is_the_frame_itself()
    {
        var clip = new Still();
        var frame = Pictures.Textured(Width, Height, 99);
        var actual = new Raster<byte>(Width, Height, 3);
        new EditCompositor(clip.Decomposition, null, new EditedAtlas(Pictures.Filled(90, 70, 255, 255, 255).ToBytes()), 1).Compose(0, frame, actual);
        for (var p = 0; p < Width * Height; p++)
        {
            if (clip.Alpha.Data[p] == 255)
                Assert.Equal(frame.Data.AsSpan(p * 3, 3), actual.Data.AsSpan(p * 3, 3));
        }
    }

    [Fact]
    public void Protected_parts_are_the_unedited_reconstruction_and_others_the_edit()
    {
        var clip = new Still();
        var edit = Pictures.Filled(90, 70, 255, 0, 0).ToBytes();
        var weights = Protection.Weights(Pictures.Drawn(90, 70, 1, (x, _, _) => x < 40 ? 255 : 0).ToBytes());
        var (actual, unprotected) = (new Raster<byte>(Width, Height, 3), new Raster<byte>(Width, Height, 3));
        new EditCompositor(clip.Decomposition, null, new EditedAtlas(edit, weights), 1).Compose(0, clip.Frame, actual);
        new EditCompositor(clip.Decomposition, null, new EditedAtlas(edit), 1).Compose(0, clip.Frame, unprotected);
        for (var y = 0; y < Height; y++)
        {
            for (var x = 0; x < Width; x++)
            {
                // The background atlas lies 13 to the left; its fade ends 10 pixels behind the painted edge.
                for (var c = 0; c < 3; c++)
                {
                    if (x + 13 < 40)
                        Assert.InRange(actual[x, y, c], clip.Frame[x, y, c] - 1, clip.Frame[x, y, c] + 1);
                    else if (x + 13 > 50)
                        Assert.Equal(unprotected[x, y, c], actual[x, y, c]);
                }
            }
        }
    }

    [Fact]
    public void A_protected_part_is_the_frame_itself_as_a_kept_layer_is()
    {
        var clip = new Still();
        var frame = Pictures.Textured(Width, Height, 99);
        var red = Pictures.Filled(80, 60, 255, 0, 0).ToBytes();
        var (actual, kept) = (new Raster<byte>(Width, Height, 3), new Raster<byte>(Width, Height, 3));
        new EditCompositor(clip.Decomposition, new EditedAtlas(red, Pictures.Filled(80, 60, 1)), new EditedAtlas(Pictures.Filled(90, 70, 0, 0, 255).ToBytes()), 1).Compose(0, frame, actual);
        new EditCompositor(clip.Decomposition, null, new EditedAtlas(Pictures.Filled(90, 70, 0, 0, 255).ToBytes()), 1).Compose(0, frame, kept);
        Assert.Equal(kept.Data, actual.Data);
    }

    [Fact]
    public void Protection_is_whole_where_it_was_painted_fades_outside_and_blends_where_it_is_grey()
    {
        var weights = Protection.Weights(Pictures.Drawn(80, 20, 1, (x, _, _) => x < 20 ? 255 : x >= 50 ? 102 : 0).ToBytes());
        var row = Enumerable.Range(0, 80).Select(x => weights[x, 10]).ToArray();
        Assert.All(row[..20], value => Assert.Equal(1, value));
        Assert.InRange(row[24], 0.2f, 0.8f);
        Assert.All(row[30..40], value => Assert.InRange(value, 0, 0.001f));
        Assert.All(row[52..], value => Assert.InRange(value, 0.399f, 0.401f));
        Assert.Equal(row[..40].OrderDescending(), row[..40]);

        var blended = Protection.Blend(Pictures.Filled(80, 20, 10, 20, 30).ToBytes(), Pictures.Filled(80, 20, 200, 200, 200).ToBytes(), weights);
        Assert.Equal(new byte[] { 10, 20, 30 }, blended.Data[..3]);
        Assert.Equal(new byte[] { 200, 200, 200 }, blended.Data[(35 * 3)..(36 * 3)]);
        Assert.Equal(124, blended.Data[60 * 3]);
    }

    [Fact]
    public void Nothing_edited_gives_the_reconstruction()
    {
        var clip = new Still();
        var expected = new Raster<byte>(Width, Height, 3);
        Compositor.Compose(clip.Decomposition, 0, clip.Decomposition.Foreground.Atlas, clip.Decomposition.Background.Atlas, expected);
        var actual = new Raster<byte>(Width, Height, 3);
        new EditCompositor(clip.Decomposition, null, null, 1).Compose(0, Pictures.Textured(Width, Height, 99), actual);
        Assert.InRange(Pictures.MeanDifference(expected, actual), 0, 0.01);
    }

    [Fact]
    public void A_shadow_the_atlas_does_not_know_darkens_the_edit()
    {
        var clip = new Still();
        var shaded = clip.Frame.Clone();
        for (var i = 0; i < shaded.Data.Length; i++)
            shaded.Data[i] = (byte)Math.Max(0, shaded.Data[i] - 30);
        // A background tinted blue: the slope of its luminance stays near one.
        var edited = clip.Decomposition.Background.Atlas.ToFloat();
        for (var i = 0; i < edited.Data.Length; i += 3)
            (edited.Data[i], edited.Data[i + 2]) = (edited.Data[i] * 0.8f, Math.Min(255, edited.Data[i + 2] + 25));
        var compositor = new EditCompositor(clip.Decomposition, null, new EditedAtlas(edited.ToBytes()), 1);
        var (lit, dark) = (new Raster<byte>(Width, Height, 3), new Raster<byte>(Width, Height, 3));
        compositor.Compose(0, clip.Frame, lit);
        compositor.Compose(0, shaded, dark);
        Assert.InRange(lit.Data.Average(v => (double)v) - dark.Data.Average(v => (double)v), 18, 32);
    }

    [Fact]
    public void The_slope_of_a_recoloured_atlas_is_found()
    {
        var original = Pictures.Textured(64, 64).ToFloat();
        var luma = Pixels.Luma(original);
        var edited = Pictures.Drawn(64, 64, 3, (x, y, c) => c == 0 ? (0.8f * luma[x, y]) + 30 : 0.1f * luma[x, y]);
        var (slope, _) = LocalLinear.Fit(original, edited, Pictures.Filled(64, 64, 1), 6, 12);
        Assert.InRange(slope.Data.Where((_, i) => i % 3 == 0).Average(), 0.74, 0.86);
        Assert.InRange(slope.Data.Where((_, i) => i % 3 == 1).Average(), 0.05, 0.2);
    }

    [Fact]
    public void A_still_clip_is_steady_and_a_flickering_edit_is_not()
    {
        var frame = Pictures.Textured(160, 120);
        var steady = new WarpingError();
        var flickering = new WarpingError();
        for (var t = 0; t < 4; t++)
        {
            steady.Add(frame, frame);
            var edit = frame.ToFloat();
            for (var i = 0; i < edit.Data.Length; i++)
                edit.Data[i] += 10 * (t % 2);
            flickering.Add(frame, edit.ToBytes());
        }

        Assert.InRange(steady.Edit, 0, 0.01);
        Assert.InRange(flickering.Edit, 9, 11);
        Assert.InRange(flickering.Source, 0, 0.01);
    }

    /// <summary>A clip of one frame that its atlases reproduce exactly: shifted by whole pixels, with a soft-edged disc as the object.</summary>
    private sealed class Still
    {
        public Still()
        {
            Alpha = Pictures.Drawn(Width, Height, 1, (x, y, _) => 255 * Math.Clamp((16 - MathF.Sqrt(((x - 32) * (x - 32)) + ((y - 24) * (y - 24)))) / 3, 0, 1)).ToBytes();
            var foreground = new Layer(UvMap.Still(Width, Height, 1, 8, 6), Pictures.Textured(80, 60, 1), Pictures.Filled(80, 60, 255).ToBytes());
            var background = new Layer(UvMap.Still(Width, Height, 1, 13, 11), Pictures.Textured(90, 70, 2), Pictures.Filled(90, 70, 255).ToBytes());
            Decomposition = new Decomposition(foreground, background, [Alpha], GainField.Neutral(1), new DecompositionMetrics(50, 50, 50, 50, 1, 0, 0, 0.2));
            Frame = new Raster<byte>(Width, Height, 3);
            Compositor.Compose(Decomposition, 0, foreground.Atlas, background.Atlas, Frame);
        }

        public Raster<byte> Alpha { get; }

        public Raster<byte> Frame { get; }

        public Decomposition Decomposition { get; }
    }
}
