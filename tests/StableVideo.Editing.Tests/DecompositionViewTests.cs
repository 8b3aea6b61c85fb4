using StableVideo.Atlas;
using StableVideo.Diffusion;
using StableVideo.Imaging;

namespace StableVideo.Editing.Tests;

/// <summary>What a decomposition shows before anything is edited: the tracked mask, and the keyframes that would be chosen.</summary>
public sealed class DecompositionViewTests(EditFixture fixture)
{
    [Fact]
    public async Task What_was_tracked_can_be_played_beside_the_clip()
    {
        var store = fixture.NewStore();
        var (_, result) = await DecomposeAsync(store);
        using var file = await store.MaterializeAsync(result.Artifacts[ArtifactNames.Mask], "mp4", TestContext.Current.CancellationToken);
        var (clip, mask) = (await ProbeAsync(fixture.Clip), await ProbeAsync(file.Path));
        Assert.Equal(("h264", 256, 144, EditFixture.Frames, clip.Rate), (mask.Codec, mask.Width, mask.Height, mask.FrameCount, mask.Rate));
        var number = 0;
        await foreach (var frame in VideoReader.ReadAsync(file.Path, cancellationToken: TestContext.Current.CancellationToken))
        {
            var overlap = MaskOps.IntersectionOverUnion(Colour.ToGray(frame), SampleClip.Render(number, EditFixture.Options).Mask);
            Assert.True(overlap > 0.9, $"frame {number}: {overlap:0.00} of the object");
            var coloured = frame.Data.Chunk(3).Max(pixel => pixel.Max() - pixel.Min());
            Assert.True(coloured <= 3, $"frame {number} has colours, {coloured} grey levels apart.");
            number++;
        }
    }

    [Theory]
    [InlineData(1920, 1080, 640, 360)]
    [InlineData(640, 360, 640, 360)]
    [InlineData(641, 361, 640, 360)]
    [InlineData(255, 143, 254, 142)]
    [InlineData(1080, 1920, 640, 1138)]
    [InlineData(4000, 1, 640, 2)]
    public void The_mask_is_even_and_at_most_640_wide(int width, int height, int expectedWidth, int expectedHeight) =>
        Assert.Equal((expectedWidth, expectedHeight), TrackedMaskVideo.SizeOf(width, height));

    [Fact]
    public async Task An_edit_chooses_exactly_the_keyframes_that_were_proposed()
    {
        var store = fixture.NewStore();
        var (_, decompose) = await DecomposeAsync(store);
        var order = decompose.Facts[KeyframeProposals.Order].Split(' ').Select(int.Parse).ToList();
        Assert.NotEmpty(order);
        Assert.Equal(order.Take(3), decompose.Facts[KeyframeProposals.Chosen].Split(' ').Select(int.Parse));

        var settings = new EditSettings { ForegroundPrompt = "a red car", KeyframeCount = 2, Steps = 1, AggregationSteps = 0 };
        var (inputs, results) = await fixture.RunAsync(store, settings, cancellationToken: TestContext.Current.CancellationToken);
        Assert.Equal(string.Join(' ', order.Take(2)), results[StageKind.EditForeground].Facts["keyframes"]);

        // Listing them changes nothing, so the same result is found.
        using var runner = new StageRunner(store, EditFixture.Models());
        var listed = inputs with { Settings = settings with { Keyframes = [.. order.Take(2)] } };
        Assert.Equal(results[StageKind.EditForeground].Key, await runner.KeyAsync(StageKind.EditForeground, listed, results, TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task For_every_count_the_proposal_is_what_would_be_chosen_for_it()
    {
        var store = fixture.NewStore();
        var (_, result) = await DecomposeAsync(store);
        await using var stream = await store.OpenReadAsync(result.Artifacts[ArtifactNames.Decomposition], TestContext.Current.CancellationToken);
        var decomposition = Decomposition.Load(stream);
        var seen = AtlasCells.Seen(decomposition, TestContext.Current.CancellationToken);
        for (var count = 1; count <= 16; count++)
            Assert.Equal(KeyframeChoice.Choose(seen, count, decomposition.FrameCount), KeyframeProposals.Of(result, count));

        var silent = result with { Facts = new Dictionary<string, string>() };
        Assert.Null(KeyframeProposals.Of(silent, 3));
        Assert.Equal(KeyframeProposals.Of(result, 3), KeyframeProposals.Choose(silent, decomposition, 3, TestContext.Current.CancellationToken));
    }

    private async Task<(JobInputs Inputs, StageResult Decompose)> DecomposeAsync(Storage.FolderArtifactStore store)
    {
        using var runner = new StageRunner(store, new ModelCatalogue());
        var inputs = await VideoImport.ImportAsync(
            fixture.Clip, fixture.Mask, new EditSettings { ReconstructionOnly = true }, store, TestContext.Current.CancellationToken);
        var results = new Dictionary<StageKind, StageResult>();
        foreach (var stage in new[] { StageKind.Probe, StageKind.Decompose })
            results[stage] = await runner.RunAsync(stage, inputs, results, cancellationToken: TestContext.Current.CancellationToken);
        return (inputs, results[StageKind.Decompose]);
    }

    private static Task<VideoInfo> ProbeAsync(string path) => VideoReader.ProbeAsync(path, TestContext.Current.CancellationToken);
}
