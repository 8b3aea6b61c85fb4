using StableVideo.Imaging;

namespace StableVideo.Atlas.Tests;

public class DecompositionFileTests(DecompositionFixture fixture)
{
    [Fact]
    public void Saving_what_was_loaded_gives_the_same_bytes()
    {
        var bytes = DecompositionFixture.Bytes(fixture.Result);
        Assert.Equal(bytes, DecompositionFixture.Bytes(Decomposition.Load(new MemoryStream(bytes))));
    }

    [Fact]
    public void What_was_loaded_renders_the_same_frames()
    {
        var loaded = Decomposition.Load(new MemoryStream(DecompositionFixture.Bytes(fixture.Result)));
        Assert.Equal(fixture.Result.Metrics, loaded.Metrics);
        Raster<byte> before = new(loaded.Width, loaded.Height, 3), after = new(loaded.Width, loaded.Height, 3);
        foreach (var t in (int[])[0, 7, loaded.FrameCount - 1])
        {
            Compositor.Compose(fixture.Result, t, fixture.Result.Foreground.Atlas, fixture.Result.Background.Atlas, before);
            Compositor.Compose(loaded, t, loaded.Foreground.Atlas, loaded.Background.Atlas, after);
            Assert.Equal(before.Data, after.Data);
        }
    }

    [Fact]
    public void The_artifact_is_small()
    {
        var dense = fixture.Result.FrameCount * SyntheticClip.Width * SyntheticClip.Height * (2 + 2) * sizeof(float);
        Assert.InRange(DecompositionFixture.Bytes(fixture.Result).Length, 1000, dense / 10);
    }

    [Fact]
    public void Other_files_are_refused()
    {
        var e = Assert.Throws<AtlasException>(() => Decomposition.Load(new MemoryStream("not a decomposition at all"u8.ToArray())));
        Assert.Equal("This is not a decomposition: its first bytes are not those of one.", e.Message);
    }

    [Fact]
    public void Other_versions_are_refused()
    {
        var bytes = DecompositionFixture.Bytes(fixture.Result);
        bytes[8] = 99;
        var e = Assert.Throws<AtlasException>(() => Decomposition.Load(new MemoryStream(bytes)));
        Assert.Equal("This decomposition has version 99, this program reads version 1. Decompose the clip again.", e.Message);
    }

    [Theory]
    [InlineData(0.0)]
    [InlineData(0.3)]
    [InlineData(0.99)]
    public void Cut_files_are_refused(double kept)
    {
        var bytes = DecompositionFixture.Bytes(fixture.Result);
        var e = Assert.Throws<AtlasException>(() => Decomposition.Load(new MemoryStream(bytes[..(int)(bytes.Length * kept)])));
        Assert.Equal("The decomposition is damaged or cut off. Decompose the clip again.", e.Message);
    }

    [Fact]
    public void Flipped_bits_are_noticed()
    {
        var bytes = DecompositionFixture.Bytes(fixture.Result);
        bytes[bytes.Length / 2] ^= 0x10;
        Assert.Throws<AtlasException>(() => Decomposition.Load(new MemoryStream(bytes)));
    }
}
