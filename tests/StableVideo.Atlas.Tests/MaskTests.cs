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

    [Theory]
    [InlineData(0)]
    [InlineData(5)]
    [InlineData(11)]
    [InlineData(2, 9)]
    public void Marks_of_any_frames_are_followed_both_ways(params int[] frames)
    {
        var clip = new SyntheticClip(12);
        var result = Finish(DecompositionRun.FromMarks(new FrameList(clip.Frames), [.. frames.Select(t => new MarkedFrame(t, clip.Masks[t]))], Quick));
        Assert.InRange(DecompositionFixture.Overlap(result, clip), 0.9, 1);
    }

    [Fact]
    public void A_second_mark_mends_what_the_first_leads_astray()
    {
        var clip = new SyntheticClip(12);
        // Marked a third too large: what lies around the object is taken for it.
        var wrong = new MarkedFrame(0, MaskOps.Dilate(clip.Masks[0], 14));
        var astray = Finish(DecompositionRun.FromMarks(new FrameList(clip.Frames), [wrong], Quick));
        var mended = Finish(DecompositionRun.FromMarks(new FrameList(clip.Frames), [new MarkedFrame(6, clip.Masks[6]), wrong], Quick));
        var (before, after) = (Behind(astray), Behind(mended));
        Assert.True(after > 0.85 && after > before + 0.3, $"overlap {before} became {after}");
        double Behind(Decomposition result) => Enumerable.Range(6, 6).Average(t => MaskOps.IntersectionOverUnion(result.Alpha(t), clip.Masks[t]));
    }

    [Fact]
    public void A_mark_of_the_first_frame_alone_is_a_mask_of_the_first_frame()
    {
        var clip = new SyntheticClip(6);
        var mask = Finish(new DecompositionRun(new FrameList(clip.Frames), [clip.Masks[0]], Quick));
        var mark = Finish(DecompositionRun.FromMarks(new FrameList(clip.Frames), [new MarkedFrame(0, clip.Masks[0])], Quick));
        Assert.Equal(DecompositionFixture.Bytes(mask), DecompositionFixture.Bytes(mark));
    }

    [Fact]
    public void An_object_that_is_lost_is_to_be_marked_where_it_was_lost()
    {
        var clip = new SyntheticClip(6);
        var dot = new Raster<byte>(SyntheticClip.Width, SyntheticClip.Height, 1);
        dot[60, 60] = 255;
        var e = Assert.Throws<AtlasException>(() => Finish(DecompositionRun.FromMarks(new FrameList(clip.Frames), [new MarkedFrame(2, dot)], Quick)));
        Assert.Equal("The object marked in frame 2 was lost at frame 0. Mark it in frame 0 as well, give one mask per frame, or cut the clip there.", e.Message);
    }

    [Theory]
    [InlineData(new[] { 3 }, "Frame 3 is marked but the clip's 3 frames are numbered 0 to 2.")]
    [InlineData(new[] { 1, 1 }, "Frame 1 is marked twice. Mark it once.")]
    public void Marks_that_do_not_fit_are_named(int[] frames, string message)
    {
        var clip = new SyntheticClip(3);
        var e = Assert.Throws<AtlasException>(() => DecompositionRun.FromMarks(new FrameList(clip.Frames), [.. frames.Select(t => new MarkedFrame(t, clip.Masks[0]))], Quick));
        Assert.Equal(message, e.Message);
    }

    [Theory]
    [InlineData((byte)0, "The mark of frame 2 is black: paint the object to edit white.")]
    [InlineData((byte)255, "The mark of frame 2 is white everywhere: the background must be black.")]
    public void Marks_without_two_layers_are_refused(byte value, string message)
    {
        var clip = new SyntheticClip(3);
        var mask = new Raster<byte>(SyntheticClip.Width, SyntheticClip.Height, 1);
        Array.Fill(mask.Data, value);
        var e = Assert.Throws<AtlasException>(() => DecompositionRun.FromMarks(new FrameList(clip.Frames), [new MarkedFrame(2, mask)], Quick));
        Assert.Equal(message, e.Message);
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

    private static Decomposition Finish(DecompositionRun run)
    {
        while (!run.IsFinished)
            run.Advance(cancellationToken: Token);
        return run.Result;
    }

    private static Raster<byte>[] Panned(Raster<byte> still) => [.. Enumerable.Range(0, 8).Select(t =>
        Resample.Resize(still.Crop(new PixelBox(t, 0, 160, 128)), SyntheticClip.Width, SyntheticClip.Height, ResampleFilter.Bilinear))];
}
