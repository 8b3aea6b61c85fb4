using StableVideo.Imaging;

namespace StableVideo.Atlas.Tests;

public class CompositorTests
{
    private readonly SyntheticClip _clip = new(1);

    [Fact]
    public void A_still_picture_is_its_own_atlas()
    {
        var frame = Render(_clip.Frames[0], _clip.Frames[0], GainField.Neutral(1));
        Assert.Equal(_clip.Frames[0].Data, frame.Data);
    }

    [Fact]
    public void Alpha_mixes_the_edited_layers()
    {
        Raster<byte> red = Flat(200, 20, 20), blue = Flat(20, 20, 200);
        var frame = Render(red, blue, GainField.Neutral(1));
        for (var i = 0; i < _clip.Masks[0].Data.Length; i++)
            Assert.Equal(20 + (180.0 * _clip.Masks[0].Data[i] / 255), frame.Data[3 * i], 1.0);
    }

    [Fact]
    public void Gain_scales_the_rendering_and_can_be_left_out()
    {
        var half = new GainField(1, 1, 1, [0.5f, 0.5f, 1f]);
        var grey = Flat(100, 100, 100);
        var dimmed = Render(grey, grey, half);
        Assert.Equal([50, 50, 100], dimmed.Data[..3]);
        var decomposition = Build(half);
        Compositor.Compose(decomposition, 0, grey, grey, dimmed, withGain: false);
        Assert.Equal([100, 100, 100], dimmed.Data[..3]);
    }

    [Fact]
    public void Without_a_background_atlas_the_frames_own_background_stays()
    {
        var frame = new Raster<byte>(SyntheticClip.Width, SyntheticClip.Height, 3);
        Compositor.Compose(Build(GainField.Neutral(1)), 0, Flat(255, 0, 0), null, frame, _clip.Frames[0]);
        for (var i = 0; i < _clip.Masks[0].Data.Length; i++)
        {
            if (_clip.Masks[0].Data[i] == 0)
                Assert.Equal(_clip.Frames[0].Data[3 * i], frame.Data[3 * i]);
            else if (_clip.Masks[0].Data[i] == 255)
                Assert.Equal(255, frame.Data[3 * i]);
        }

        Assert.Throws<ArgumentException>(() => Compositor.Compose(Build(GainField.Neutral(1)), 0, Flat(255, 0, 0), null, frame));
    }

    [Fact]
    public void Atlases_of_another_size_are_refused()
        => Assert.Throws<ArgumentException>(() => Compositor.Compose(Build(GainField.Neutral(1)), 0, new Raster<byte>(9, 9, 3), Flat(0, 0, 0), Flat(0, 0, 0)));

    private Raster<byte> Render(Raster<byte> foreground, Raster<byte> background, GainField gain)
    {
        var frame = new Raster<byte>(SyntheticClip.Width, SyntheticClip.Height, 3);
        Compositor.Compose(Build(gain), 0, foreground, background, frame);
        return frame;
    }

    private Decomposition Build(GainField gain)
    {
        var map = UvMap.Still(SyntheticClip.Width, SyntheticClip.Height, 1);
        var layer = new Layer(map, _clip.Frames[0], _clip.Masks[0]);
        return new Decomposition(layer, layer, [_clip.Masks[0]], gain, new DecompositionMetrics(0, 0, 0, 0, 0, 0, 0, 0));
    }

    private static Raster<byte> Flat(byte red, byte green, byte blue)
    {
        var picture = new Raster<byte>(SyntheticClip.Width, SyntheticClip.Height, 3);
        for (var i = 0; i < picture.Data.Length; i += 3)
            (picture.Data[i], picture.Data[i + 1], picture.Data[i + 2]) = (red, green, blue);
        return picture;
    }
}
