using StableVideo.Imaging;

namespace StableVideo.Imaging.Tests;

public sealed class SampleClipTests : IDisposable
{
    private static readonly SampleClipOptions Small = new() { Width = 320, Height = 180, FrameCount = 24 };

    private readonly TempFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void The_same_options_give_the_same_picture()
    {
        var first = SampleClip.Render(5, Small);
        SampleClip.Render(0, Small with { Seed = 2 });
        Assert.Equal(first.Picture.Data, SampleClip.Render(5, Small).Picture.Data);
        Assert.NotEqual(first.Picture.Data, SampleClip.Render(5, Small with { Seed = 2 }).Picture.Data);
    }

    [Fact]
    public void The_car_fills_a_good_part_of_every_frame_and_stays_inside()
    {
        foreach (var t in new[] { 0, 12, 23 })
        {
            var mask = SampleClip.Render(t, Small).Mask;
            var box = MaskOps.BoundingBox(mask)!.Value;
            Assert.InRange(MaskOps.Area(mask) / (320.0 * 180), 0.08, 0.20);
            Assert.True(box.X > 4 && box.Right < 316 && box.Y > 20 && box.Bottom < 170, box.ToString());
            Assert.Single(MaskOps.ConnectedComponents(mask).Components);
        }
    }

    [Fact]
    public void Surface_truth_is_there_exactly_where_the_car_is()
    {
        var frame = SampleClip.Render(7, Small);
        for (var y = 0; y < 180; y++)
        {
            for (var x = 0; x < 320; x++)
            {
                var known = !float.IsNaN(frame.ForegroundUv[x, y]);
                Assert.False(known && frame.Mask[x, y] == 0);
                Assert.False(!known && frame.Mask[x, y] == 255);
            }
        }
    }

    [Fact]
    public void Background_truth_carries_one_frame_into_another()
    {
        var options = Small with { Shadow = 0 };
        var (first, second) = (SampleClip.Render(3, options), SampleClip.Render(9, options));
        // The landscape is seen through a similarity, so three positions give the map from frame 9 to frame 3.
        var positions = new[] { (20, 20), (300, 30), (160, 170), (60, 150) };
        var from = positions.Select(p => new System.Numerics.Vector2(first.BackgroundUv[p.Item1, p.Item2], first.BackgroundUv[p.Item1, p.Item2, 1])).ToArray();
        var to = positions.Select(p => new System.Numerics.Vector2(p.Item1 + 0.5f, p.Item2 + 0.5f)).ToArray();
        var similarity = Geometry.EstimateSimilarity(from, to)!;
        var map = new Raster<float>(320, 180, 2);
        var outside = new Raster<byte>(320, 180, 1);
        for (var y = 0; y < 180; y++)
        {
            for (var x = 0; x < 320; x++)
            {
                var (u, v) = Geometry.Apply(similarity, second.BackgroundUv[x, y], second.BackgroundUv[x, y, 1]);
                (map[x, y], map[x, y, 1]) = ((float)u, (float)v);
                var seen = u is > 1 and < 319 && v is > 1 and < 179 && first.Mask[(int)u, (int)v] == 0 && second.Mask[x, y] == 0;
                outside[x, y] = seen ? (byte)255 : (byte)0;
            }
        }

        var warped = new Raster<byte>(320, 180, 3);
        Resample.Remap(first.Picture, map, warped, RemapBorder.Clamp, ResampleFilter.Bicubic);
        outside = MaskOps.Erode(outside, 4);
        Assert.InRange(Quality.Psnr(warped, second.Picture, outside), 28, 100);
        Assert.InRange(MaskOps.Area(outside), 25000, 57600);
    }

    [Fact]
    public async Task Clip_and_masks_are_written()
    {
        var options = Small with { FrameCount = 4 };
        await SampleClip.WriteAsync(folder["a.mp4"], folder["m.mp4"], options, null, TestContext.Current.CancellationToken);
        var masks = await VideoReader.ReadMasksAsync(folder["m.mp4"], 320, 180, 4, null, TestContext.Current.CancellationToken);
        Assert.Equal(4, (await TestPictures.ReadAllAsync(folder["a.mp4"])).Count);
        Assert.InRange(MaskOps.IntersectionOverUnion(masks[3], SampleClip.Render(3, options).Mask), 0.99, 1);
    }
}
