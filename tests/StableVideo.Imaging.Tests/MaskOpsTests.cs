using StableVideo.Imaging;

namespace StableVideo.Imaging.Tests;

public sealed class MaskOpsTests
{
    private static Raster<byte> Rectangle(int width, int height, int x, int y, int w, int h)
    {
        var mask = new Raster<byte>(width, height, 1);
        for (var row = y; row < y + h; row++)
            mask.Row(row).Slice(x, w).Fill(255);
        return mask;
    }

    [Fact]
    public void Area_and_box()
    {
        var mask = Rectangle(40, 30, 5, 7, 12, 9);
        Assert.Equal(108, MaskOps.Area(mask));
        Assert.Equal(new PixelBox(5, 7, 12, 9), MaskOps.BoundingBox(mask));
        Assert.Null(MaskOps.BoundingBox(new Raster<byte>(4, 4, 1)));
    }

    [Fact]
    public void Dilating_and_eroding_a_rectangle()
    {
        var mask = Rectangle(40, 30, 10, 10, 12, 9);
        Assert.Equal(new PixelBox(7, 7, 18, 15), MaskOps.BoundingBox(MaskOps.Dilate(mask, 3)));
        Assert.Equal(new PixelBox(12, 12, 8, 5), MaskOps.BoundingBox(MaskOps.Erode(mask, 2)));
        Assert.Equal(mask.Data, MaskOps.Dilate(mask, 0).Data);
    }

    [Fact]
    public void Opening_removes_specks_and_closing_fills_gaps()
    {
        var mask = Rectangle(60, 40, 10, 10, 20, 15);
        var speckled = mask.Clone();
        speckled[50, 30] = 255;
        Assert.Equal(0, MaskOps.Open(speckled, 2)[50, 30]);
        var gap = mask.Clone();
        gap[18, 15] = 0;
        Assert.Equal(255, MaskOps.Close(gap, 2)[18, 15]);
    }

    [Fact]
    public void Components_are_found_measured_and_chosen()
    {
        var mask = Rectangle(60, 40, 2, 2, 10, 8);
        mask.Paste(Rectangle(15, 10, 0, 0, 15, 10), 30, 20);
        var components = MaskOps.ConnectedComponents(mask).Components;
        Assert.Equal([80, 150], components.Select(component => component.Area));
        Assert.Equal(new PixelBox(30, 20, 15, 10), components[1].Box);
        Assert.Equal(150, MaskOps.Area(MaskOps.LargestComponent(mask)));
        Assert.Equal(150, MaskOps.Area(MaskOps.RemoveSmallComponents(mask, 100)));
        Assert.Equal(0, MaskOps.Area(MaskOps.LargestComponent(new Raster<byte>(9, 9, 1))));
    }

    [Fact]
    public void Holes_are_filled_up_to_a_size()
    {
        var mask = Rectangle(40, 30, 5, 5, 20, 15);
        mask.Paste(new Raster<byte>(3, 3, 1), 10, 10);
        Assert.Equal(291, MaskOps.Area(MaskOps.FillHoles(mask, 8)));
        Assert.Equal(300, MaskOps.Area(MaskOps.FillHoles(mask)));
    }

    [Fact]
    public void Distance_is_signed()
    {
        var distance = MaskOps.DistanceToEdge(Rectangle(40, 40, 10, 10, 20, 20));
        Assert.Equal(1, distance[10, 20], 1e-3);
        Assert.Equal(-1, distance[9, 20], 1e-3);
        Assert.Equal(10, distance[19, 20], 1e-3);
        Assert.Equal(-Math.Sqrt(50), distance[5, 5], 0.01);
    }

    [Fact]
    public void Overlap_is_measured()
    {
        Assert.Equal(1.0 / 3, MaskOps.IntersectionOverUnion(Rectangle(30, 30, 0, 0, 10, 10), Rectangle(30, 30, 5, 0, 10, 10)), 1e-9);
        Assert.Equal(1, MaskOps.IntersectionOverUnion(new Raster<byte>(3, 3, 1), new Raster<byte>(3, 3, 1)));
    }

    [Fact]
    public void Polygons_are_filled()
    {
        var mask = MaskOps.FillPolygon(40, 30, [new(5, 5), new(24.5f, 5), new(24.5f, 14.5f), new(5, 14.5f)]);
        Assert.Equal(new PixelBox(5, 5, 20, 10), MaskOps.BoundingBox(mask));
    }

    [Fact]
    public void GrabCut_moves_a_rough_edge_to_the_colour_edge()
    {
        var picture = TestPictures.Texture(120, 90, 3, 1);
        var truth = new Raster<byte>(120, 90, 1);
        for (var y = 0; y < 90; y++)
        {
            for (var x = 0; x < 120; x++)
            {
                var inside = Math.Pow((x - 60) / 34.0, 2) + Math.Pow((y - 45) / 24.0, 2) < 1;
                truth[x, y] = inside ? (byte)255 : (byte)0;
                picture[x, y] = (byte)((picture[x, y] / 4) + (inside ? 170 : 20));
                picture[x, y, 1] = (byte)((picture[x, y, 1] / 4) + (inside ? 60 : 120));
            }
        }

        var rough = MaskOps.Dilate(truth, 5);
        var refined = MaskOps.GrabCut(picture, rough, 7);
        Assert.InRange(MaskOps.IntersectionOverUnion(rough, truth), 0.5, 0.8);
        Assert.InRange(MaskOps.IntersectionOverUnion(refined, truth), 0.97, 1);
        Assert.Equal(refined.Data, MaskOps.GrabCut(picture, rough, 7).Data);
    }
}
