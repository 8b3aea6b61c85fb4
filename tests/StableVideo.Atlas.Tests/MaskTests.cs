using StableVideo.Imaging;

namespace StableVideo.Atlas.Tests;

public class MaskTests
{
    private static readonly DecomposeOptions Quick = new() { RefinementRounds = 0, SharpeningPasses = 0, LongHops = [] };
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public void One_mask_is_followed_through_the_clip()
    {
        var clip = new SyntheticClip(12);
        var result = Decomposer.Decompose(new FrameList(clip.Frames), [clip.Masks[0]], Quick, cancellationToken: Token);
        Assert.InRange(DecompositionFixture.Overlap(result, clip), 0.9, 1);
    }

    [Fact]
    public void Without_masks_the_moving_object_is_found()
    {
        var clip = new SyntheticClip(12);
        var result = Decomposer.Decompose(new FrameList(clip.Frames), null, Quick, cancellationToken: Token);
        Assert.InRange(DecompositionFixture.Overlap(result, clip), 0.75, 1);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Where_no_object_moves_a_mask_is_asked_for(bool cameraMoves)
    {
        var clip = new SyntheticClip(8, objectMoves: false, cameraMoves: false);
        var frames = cameraMoves ? Panned(clip.Frames[0]) : clip.Frames;
        var e = Assert.Throws<AtlasException>(() => Decomposer.Decompose(new FrameList(frames), null, Quick, cancellationToken: Token));
        Assert.Equal(
            "No object moves clearly against the background. Give a mask with --mask: a mask video, a folder of masks, or one image that marks the object in frame 0.",
            e.Message);
    }

    [Fact]
    public void A_wrong_number_of_masks_is_named()
    {
        var clip = new SyntheticClip(5);
        var e = Assert.Throws<AtlasException>(() => Decomposer.Decompose(new FrameList(clip.Frames), clip.Masks[..3], Quick, cancellationToken: Token));
        Assert.Equal("Mask video has 3 frames but the clip has 5. Give one mask per frame, or a single image for frame 0.", e.Message);
    }

    [Fact]
    public void A_wrong_mask_size_is_named()
    {
        var clip = new SyntheticClip(3);
        var e = Assert.Throws<AtlasException>(() => Decomposer.Decompose(new FrameList(clip.Frames), [new Raster<byte>(64, 48, 1)], Quick, cancellationToken: Token));
        Assert.Equal("Mask 0 is 64x48 but the clip is 192x128. Give masks of the clip's size.", e.Message);
    }

    [Theory]
    [InlineData((byte)0, "The mask of frame 0 is black: paint the object to edit white.")]
    [InlineData((byte)255, "The mask is white everywhere: the background must be black.")]
    public void Masks_without_two_layers_are_refused(byte value, string message)
    {
        var clip = new SyntheticClip(3);
        var mask = new Raster<byte>(SyntheticClip.Width, SyntheticClip.Height, 1);
        Array.Fill(mask.Data, value);
        var e = Assert.Throws<AtlasException>(() => Decomposer.Decompose(new FrameList(clip.Frames), [mask], Quick, cancellationToken: Token));
        Assert.Equal(message, e.Message);
    }

    private static Raster<byte>[] Panned(Raster<byte> still) => [.. Enumerable.Range(0, 8).Select(t =>
        Resample.Resize(still.Crop(new PixelBox(t, 0, 160, 128)), SyntheticClip.Width, SyntheticClip.Height, ResampleFilter.Bilinear))];
}
