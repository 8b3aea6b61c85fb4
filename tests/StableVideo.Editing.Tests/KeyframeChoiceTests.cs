namespace StableVideo.Editing.Tests;

public class KeyframeChoiceTests
{
    [Fact]
    public void A_turning_object_gets_keyframes_spread_over_its_turn()
    {
        // Frame t sees 40 of 120 cells, starting at t.
        var seen = Enumerable.Range(0, 81).ToDictionary(t => t, t => Enumerable.Range(t, 40).ToHashSet());
        var chosen = KeyframeChoice.Choose(seen, 3, 81);
        Assert.Equal(40, chosen[0]);
        Assert.Equal(3, chosen.Count);
        var covered = chosen.SelectMany(t => seen[t]).Distinct().Count();
        Assert.True(covered >= 110, $"{covered} of 120 cells covered by {string.Join(", ", chosen)}");
    }

    [Fact]
    public void A_still_object_gets_one_keyframe_in_the_middle()
    {
        var seen = Enumerable.Range(0, 21).ToDictionary(t => t, _ => Enumerable.Range(0, 50).ToHashSet());
        Assert.Equal([10], KeyframeChoice.Choose(seen, 3, 21));
    }

    [Fact]
    public void Frames_that_see_nothing_are_never_chosen()
    {
        var seen = new Dictionary<int, HashSet<int>> { [0] = [], [5] = [1, 2] };
        Assert.Equal([5], KeyframeChoice.Choose(seen, 3, 6));
    }
}
