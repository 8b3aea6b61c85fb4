using StableVideo.Imaging;

namespace StableVideo.Imaging.Tests;

public sealed class ResampleTests
{
    [Fact]
    public void Area_averages_exactly()
    {
        var source = new Raster<byte>(4, 2, 1, [0, 100, 10, 20, 50, 50, 30, 40]);
        Assert.Equal([50, 25], Resample.Resize(source, 2, 1).Data);
    }

    [Theory]
    [InlineData(ResampleFilter.Bicubic)]
    [InlineData(ResampleFilter.Lanczos)]
    [InlineData(ResampleFilter.Bilinear)]
    public void Enlarging_a_smooth_picture_and_shrinking_it_again_gives_it_back(ResampleFilter filter)
    {
        var picture = TestPictures.Texture(64, 48, 2, 4);
        var back = Resample.Resize(Resample.Resize(picture, 192, 144, filter), 64, 48);
        Assert.InRange(Quality.Psnr(picture, back), 38, 100);
    }

    [Fact]
    public void An_identity_map_copies()
    {
        var picture = TestPictures.Texture(33, 21);
        foreach (var filter in new[] { ResampleFilter.Nearest, ResampleFilter.Bilinear, ResampleFilter.Bicubic })
            Assert.Equal(picture.Data, Resample.WarpByFlow(picture, new Raster<float>(33, 21, 2), RemapBorder.Clamp, filter).Data);
    }

    [Fact]
    public void Bilinear_remap_mixes_neighbours_with_half_pixel_centres()
    {
        var source = new Raster<float>(2, 1, 1, [10, 30]);
        var result = new Raster<float>(4, 1, 1);
        Resample.Remap(source, new Raster<float>(4, 1, 2, [0.5f, 0.5f, 1.0f, 0.5f, 1.25f, 0.5f, 9f, 0.5f]), result);
        Assert.Equal([10, 20, 25, 30], result.Data);
    }

    [Fact]
    public void Outside_is_clamped_black_or_mirrored()
    {
        var source = new Raster<byte>(3, 1, 1, [10, 20, 30]);
        var map = new Raster<float>(3, 1, 2, [-1.5f, 0.5f, 0f, 0.5f, float.NaN, 0.5f]);
        var result = new Raster<byte>(3, 1, 1);
        Resample.Remap(source, map, result);
        Assert.Equal([10, 10, 0], result.Data);
        Resample.Remap(source, map, result, RemapBorder.Zero);
        Assert.Equal([0, 5, 0], result.Data);
        Resample.Remap(source, map, result, RemapBorder.Reflect);
        Assert.Equal([30, 15, 0], result.Data);
    }

    [Fact]
    public void Wrong_shapes_are_refused()
    {
        Assert.Throws<ArgumentException>(() => Resample.Remap(new Raster<byte>(4, 4, 3), new Raster<float>(4, 4, 2), new Raster<byte>(4, 4, 1)));
        Assert.Throws<ArgumentException>(() => Resample.Remap(new Raster<byte>(4, 4, 1), new Raster<float>(5, 4, 2), new Raster<byte>(4, 4, 1)));
    }

    [Fact]
    public void Gaussian_blur_keeps_the_mean_and_spreads_a_point()
    {
        var point = new Raster<float>(41, 41, 1);
        point[20, 20] = 100;
        var blurred = Resample.GaussianBlur(point, 2);
        Assert.Equal(100, blurred.Data.Sum(), 1e-2);
        Assert.Equal(100 / (2 * Math.PI * 4), blurred[20, 20], 0.05);
        Assert.Equal(point.Data, Resample.GaussianBlur(point, 0).Data);
    }

    [Fact]
    public void Pyramids_halve_and_round_up() => Assert.Equal((17, 9), (Resample.PyramidDown(new Raster<byte>(33, 17, 1)).Width, Resample.PyramidDown(new Raster<float>(33, 17, 1)).Height));

    [Fact]
    public void Crop_and_paste_are_inverse()
    {
        var picture = TestPictures.Texture(20, 15);
        var copy = new Raster<byte>(20, 15, 3);
        copy.Paste(picture, 0, 0);
        Assert.Equal(picture.Data, copy.Data);
        var box = new PixelBox(3, 4, 8, 5);
        var patch = picture.Crop(box);
        Assert.Equal(picture[5, 6, 1], patch[2, 2, 1]);
        Assert.Throws<ArgumentException>(() => picture.Crop(new(15, 0, 8, 5)));
        Assert.Equal(new PixelBox(0, 0, 14, 12), box.Grow(4, 14, 12));
    }
}
