namespace StableVideo.Editing.Tests;

public class StageGraphTests
{
    [Fact]
    public void Every_stage_comes_after_what_it_depends_on()
    {
        var before = new HashSet<StageKind>();
        foreach (var stage in StageGraph.All)
        {
            Assert.All(StageGraph.DependenciesOf(stage), dependency => Assert.Contains(dependency, before));
            before.Add(stage);
        }

        Assert.Equal(6, before.Count);
    }
}
