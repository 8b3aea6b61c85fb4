using StableVideo.Atlas;
using StableVideo.Imaging;

namespace StableVideo.Editing.Tests;

public class MergingTests
{
    [Fact]
    public void The_nearest_keyframe_comes_first_and_others_fill_what_it_did_not_see()
    {
        var near = new PartialAtlas(Pictures.Filled(4, 1, 100, 0, 0), Pictures.Drawn(4, 1, 1, (x, _, _) => x switch { 0 => 1, 1 => 0.5f, _ => 0 }));
        var far = new PartialAtlas(Pictures.Filled(4, 1, 200, 0, 0), Pictures.Drawn(4, 1, 1, (x, _, _) => x < 3 ? 1 : 0));
        var merged = PartialMerge.NearestFirst([near, far]);
        Assert.Equal([100, 150, 200, 0], Enumerable.Range(0, 4).Select(x => merged.Colour[x, 0]));
        Assert.Equal([1, 1, 1, 0], merged.Weight.Data);
    }

    [Fact]
    public void One_keyframe_that_disagrees_does_not_show()
    {
        var one = Pictures.Filled(3, 3, 1);
        var blend = RobustBlend.Blend([new(Pictures.Filled(3, 3, 200, 20, 20), one), new(Pictures.Filled(3, 3, 20, 20, 200), one), new(Pictures.Filled(3, 3, 204, 24, 20), one)]);
        Assert.InRange(blend.Colour[1, 1, 0], 193, 204);
        Assert.InRange(blend.Colour[1, 1, 2], 20, 29);
    }

    [Fact]
    public void Keyframes_that_agree_are_averaged_by_weight()
    {
        var blend = RobustBlend.Blend([new(Pictures.Filled(2, 2, 100, 100, 100), Pictures.Filled(2, 2, 0.75f)), new(Pictures.Filled(2, 2, 104, 104, 104), Pictures.Filled(2, 2, 0.25f))]);
        Assert.InRange(blend.Colour[0, 0], 100.7f, 101.3f);
        Assert.Equal(1, blend.Weight[0, 0]);
    }

    [Fact]
    public void What_nobody_saw_stays_empty()
    {
        var blend = RobustBlend.Blend([new(Pictures.Filled(2, 2, 9, 9, 9), new Raster<float>(2, 2, 1))]);
        Assert.All(blend.Weight.Data, w => Assert.Equal(0, w));
    }
}
