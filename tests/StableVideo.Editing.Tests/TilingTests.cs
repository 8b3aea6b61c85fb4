namespace StableVideo.Editing.Tests;

public class TilingTests
{
    [Theory]
    [InlineData(700, 768, 128)]
    [InlineData(769, 768, 128)]
    [InlineData(3000, 768, 128)]
    public void Tiles_cover_everything_and_overlap_enough(int length, int tile, int overlap)
    {
        var starts = Tiling.Starts(length, tile, overlap);
        Assert.Equal(0, starts[0]);
        Assert.True(starts[^1] + tile >= length);
        if (length > tile)
            Assert.Equal(length, starts[^1] + tile);
        Assert.All(starts.Zip(starts.Skip(1)), pair => Assert.InRange(pair.Second - pair.First, 1, tile - overlap));
    }

    [Fact]
    public void Weights_rise_smoothly_over_the_overlap_at_inner_ends_only()
    {
        Assert.Equal(1, Tiling.Weight(0, 100, 20, first: true, last: false));
        Assert.InRange(Tiling.Weight(0, 100, 20, first: false, last: false), 1e-4f, 0.01f);
        Assert.Equal(1, Tiling.Weight(50, 100, 20, first: false, last: false));
        Assert.InRange(Tiling.Weight(90, 100, 20, first: false, last: false), 0.4f, 0.6f);
    }

    [Theory]
    [InlineData(768, 432, 256, 16, 448, 256)]
    [InlineData(432, 768, 256, 16, 256, 448)]
    [InlineData(100, 100, 512, 64, 512, 512)]
    public void The_shorter_side_gets_the_working_size(int width, int height, int side, int multiple, int expectedWidth, int expectedHeight) =>
        Assert.Equal((expectedWidth, expectedHeight), WorkingSize.ByShorterSide(width, height, side, multiple));

    [Fact]
    public void Crops_of_any_shape_get_the_same_number_of_pixels()
    {
        foreach (var (width, height) in new[] { (400, 200), (200, 400), (300, 300), (500, 140) })
        {
            var (w, h) = WorkingSize.ByArea(width, height, 256, 16);
            Assert.Equal((0, 0), (w % 16, h % 16));
            Assert.InRange((double)w * h / (256 * 256), 0.85, 1.15);
        }
    }
}
