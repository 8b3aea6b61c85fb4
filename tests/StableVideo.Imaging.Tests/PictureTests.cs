using StableVideo.Imaging;

namespace StableVideo.Imaging.Tests;

public sealed class PictureTests : IDisposable
{
    private readonly TempFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(4)]
    public void Png_keeps_every_byte(int channels)
    {
        var picture = TestPictures.Texture(31, 17, 2, 1, channels);
        ImageFile.WritePng(folder["a.png"], picture);
        Assert.Equal(picture.Data, ImageFile.Read(folder["a.png"], channels).Data);
        Assert.Equal(picture.Data, ImageFile.Read(ImageFile.EncodePng(picture), channels).Data);
        Assert.Equal(ImageFile.EncodePng(picture), ImageFile.EncodePng(picture));
    }

    [Fact]
    public void Jpeg_is_close_and_channels_convert()
    {
        var picture = TestPictures.Texture(64, 48, 2, 3);
        ImageFile.WriteJpeg(folder["a.jpg"], picture, 95);
        Assert.InRange(Quality.Psnr(picture, ImageFile.Read(folder["a.jpg"])), 35, 100);
        var rgba = ImageFile.Read(folder["a.jpg"], 4);
        Assert.Equal(255, rgba[3, 3, 3]);
        Assert.InRange(Quality.Psnr(Colour.ToGray(picture), ImageFile.Read(folder["a.jpg"], 1)), 35, 100);
    }

    [Fact]
    public void Missing_and_broken_images_are_named()
    {
        Assert.Equal($"No such image file: {folder["no.png"]}", Assert.Throws<MediaException>(() => ImageFile.Read(folder["no.png"])).Message);
        File.WriteAllText(folder["a.png"], "text");
        Assert.Equal("a.png is not an image this program can read. Use PNG or JPEG.", Assert.Throws<MediaException>(() => ImageFile.Read(folder["a.png"])).Message);
    }

    [Theory]
    [InlineData(255, 255, 255, 100, 0, 0)]
    [InlineData(255, 0, 0, 53.24, 80.09, 67.20)]
    [InlineData(0, 128, 0, 46.23, -51.70, 49.90)]
    [InlineData(0, 0, 255, 32.30, 79.19, -107.86)]
    public void Lab_matches_known_colours(byte r, byte g, byte b, double lightness, double a, double bb)
    {
        var lab = Colour.RgbToLab(TestPictures.Solid(2, 2, r, g, b));
        Assert.Equal(lightness, lab[1, 1, 0], 0.05);
        Assert.Equal(a, lab[1, 1, 1], 0.05);
        Assert.Equal(bb, lab[1, 1, 2], 0.05);
    }

    [Fact]
    public void Lab_and_back_is_the_same_picture()
    {
        var picture = TestPictures.Texture(40, 30, 3, 1);
        Assert.InRange(Quality.Psnr(picture, Colour.LabToRgb(Colour.RgbToLab(picture))), 60, 100);
    }

    [Fact]
    public void Gray_is_luma()
    {
        Assert.Equal(76, Colour.ToGray(TestPictures.Solid(2, 2, 255, 0, 0))[0, 0]);
        Assert.Equal(150, Colour.ToGray(TestPictures.Solid(2, 2, 0, 255, 0))[0, 0]);
        Assert.Equal([7, 7, 7], Colour.GrayToRgb(new Raster<byte>(1, 1, 1, [7])).Data);
    }

    [Fact]
    public void Canny_finds_the_edge_of_a_square()
    {
        var gray = new Raster<byte>(40, 40, 1);
        for (var y = 10; y < 30; y++)
            gray.Row(y)[10..30].Fill(200);
        var edges = Edges.Canny(gray);
        Assert.Equal(0, edges[20, 20]);
        Assert.InRange(MaskOps.Area(edges), 70, 84);
        Assert.All(edges.Data, value => Assert.True(value is 0 or 255));
    }

    [Fact]
    public void Psnr_and_ssim_have_known_values()
    {
        var picture = TestPictures.Texture(64, 48, 2, 2);
        var other = picture.Clone();
        for (var i = 0; i < other.Data.Length; i++)
            other.Data[i] = (byte)(other.Data[i] < 128 ? other.Data[i] + 10 : other.Data[i] - 10);
        Assert.Equal(100, Quality.Psnr(picture, picture));
        Assert.Equal(28.13, Quality.Psnr(picture, other), 0.01);
        Assert.Equal(1, Quality.Ssim(picture, picture), 1e-6);
        Assert.InRange(Quality.Ssim(picture, other), 0.7, 0.99);
        Assert.InRange(Quality.Ssim(picture, TestPictures.Texture(64, 48, 9, 2)), -0.2, 0.2);
    }

    [Fact]
    public void Psnr_counts_the_mask_only()
    {
        var (picture, other, mask) = (TestPictures.Solid(10, 10, 50, 50, 50), TestPictures.Solid(10, 10, 50, 50, 50), new Raster<byte>(10, 10, 1));
        mask[2, 2] = 255;
        other[5, 5] = 200;
        Assert.Equal(100, Quality.Psnr(picture, other, mask));
        other[2, 2] = 60;
        other[2, 2, 1] = 60;
        other[2, 2, 2] = 60;
        Assert.Equal(28.13, Quality.Psnr(picture, other, mask), 0.01);
    }
}
