using StableVideo.Imaging;

namespace StableVideo.Editing.Tests;

public class ColourTests
{
    [Fact]
    public void Push_pull_keeps_what_is_known_and_continues_it_smoothly()
    {
        var ramp = Pictures.Drawn(65, 33, 1, (x, _, _) => 2 * x);
        var weight = Pictures.Drawn(65, 33, 1, (x, _, _) => x is < 20 or > 40 ? 1 : 0);
        var hidden = Pictures.Drawn(65, 33, 1, (x, y, _) => weight[x, y] > 0 ? ramp[x, y] : -999);
        var filled = PushPull.Fill(hidden, weight);
        for (var x = 0; x < 65; x++)
        {
            if (weight[x, 16] > 0)
                Assert.Equal(ramp[x, 16], filled[x, 16]);
            else
                Assert.InRange(filled[x, 16], 25, 95); // between what lies on both sides: 38 and 82, give or take the pyramid's blockiness
        }
    }

    [Fact]
    public void Push_pull_of_nothing_is_zero()
    {
        Assert.All(PushPull.Fill(Pictures.Filled(7, 5, 9, 9, 9), new Raster<float>(7, 5, 1)).Data, v => Assert.Equal(0, v));
    }

    [Fact]
    public void A_colour_map_is_found_again()
    {
        var from = Pictures.Textured(40, 30).ToFloat();
        var to = Pictures.Drawn(40, 30, 3, (x, y, c) => c == 0 ? (0.7f * from[x, y, 0]) + 40 : (0.3f * from[x, y, 1]) + (0.2f * from[x, y, c]) + 5);
        var mapped = ColourMap.Fit(from, to, Pictures.Filled(40, 30, 1)).Apply(from);
        Assert.True(Pictures.MeanDifference(mapped, to) < 2, $"off by {Pictures.MeanDifference(mapped, to):0.00}");
    }

    [Fact]
    public void A_colour_map_of_too_little_leaves_colours_alone()
    {
        var from = Pictures.Textured(8, 8).ToFloat();
        Assert.Equal(from.Data, ColourMap.Fit(from, Pictures.Filled(8, 8, 1, 2, 3), new Raster<float>(8, 8, 1)).Apply(from).Data);
    }

    [Fact]
    public void Holes_take_the_look_of_the_edit_and_keep_their_structure()
    {
        // A white body with black windows is painted red; the right half was seen by no keyframe.
        var original = Pictures.Drawn(80, 40, 3, (x, y, _) => x / 8 % 2 == 0 && y > 10 ? 20 : 220);
        var red = Pictures.Drawn(80, 40, 3, (x, y, c) => original[x, y] < 100 ? 20 : c == 0 ? 200 : 30);
        var weight = Pictures.Drawn(80, 40, 1, (x, _, _) => x < 40 ? 1 : 0);
        var seen = Pictures.Drawn(80, 40, 3, (x, y, c) => x < 40 ? red[x, y, c] : 128);
        var whole = HoleFill.Complete(original, seen, weight);
        Assert.True(Pictures.MeanDifference(whole, red) < 6, $"off by {Pictures.MeanDifference(whole, red):0.0}");
    }

    [Fact]
    public void Detail_comes_back_when_an_edit_did_nothing()
    {
        var source = Pictures.Textured(256, 192);
        var small = Resample.Resize(source, 64, 48, ResampleFilter.Area);
        var plain = Resample.Resize(small, 256, 192, ResampleFilter.Bicubic);
        var full = DetailTransfer.Apply(small, source, null, new Fidelity(1, 0)).ToBytes();
        Assert.True(Quality.Psnr(full, source) > Quality.Psnr(plain, source) + 8, $"{Quality.Psnr(plain, source):0.0} dB plain, {Quality.Psnr(full, source):0.0} dB with detail");
    }

    [Fact]
    public void Detail_fades_where_the_edit_flattened_the_picture()
    {
        // Textured ground becomes even snow: the texture must not shine through at full strength.
        var random = new Random(3);
        var noise = Pictures.Drawn(64, 64, 1, (_, _, _) => random.NextSingle());
        var source = Pictures.Drawn(256, 256, 3, (x, y, _) => 60 + (120 * noise[x / 4, y / 4]) + (20 * ((x ^ y) & 1))).ToBytes();
        var snow = Pictures.Filled(64, 64, 235, 240, 250).ToBytes();
        var full = DetailTransfer.Apply(snow, source, null, new Fidelity(0.8f, 2));
        var kept = Pictures.MeanDifference(full, Pictures.Filled(256, 256, 235, 240, 250));
        Assert.True(kept < 5, $"{kept:0.0} grey levels of texture are left of 10");
    }
}
