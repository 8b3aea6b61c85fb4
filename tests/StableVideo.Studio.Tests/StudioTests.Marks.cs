using System.Diagnostics;
using System.Text.Json;
using Microsoft.Playwright;
using StableVideo.Imaging;

namespace StableVideo.Tests.Studio;

/// <summary>The object marked in frames in the midst of a clip.</summary>
public sealed partial class StudioTests
{
    [Fact]
    public async Task An_object_marked_in_two_frames_is_tracked_shown_and_edited()
    {
        var page = await studio.OpenAsync("/new");
        await page.SetInputFilesAsync("[data-upload] input[type=file]", studio.Clip);
        await page.WaitForURLAsync(EditAddress());
        await Studio.GoAsync(page, page.Url);
        await page.GetByText("Mark it in a frame").ClickAsync();
        await page.Locator(".marker canvas[data-ready='0']").WaitForAsync();
        await page.Locator(".marker [data-frame]").FillAsync("6");
        await page.GetByRole(AriaRole.Button, new() { Name = "Show what is tracked" }).ClickAsync();
        await page.GetByText("Mark the object in a frame, or let it be found by its motion.").WaitForAsync();
        await DrawBoxAsync(page, frame: 6);

        // Marks outlive the page.
        await Studio.GoAsync(page, page.Url);
        await page.GetByText("Mark it in a frame").ClickAsync();
        await page.Locator(".marks [data-marked='6']").ClickAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Show what is tracked" }).ClickAsync();
        var alone = await MarkedAsync(page, await TrackedAsync(page));
        Assert.Equal([6], alone);

        // A frame that is looked at in the tracking is marked as well, here by keys alone.
        await page.Locator(".spotlight [data-step='1']").ClickAsync();
        await page.Locator(".spotlight [data-step='1']").ClickAsync();
        await page.Locator(".spotlight [data-number]", new() { HasText = "Frame 2" }).WaitForAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Mark this frame" }).ClickAsync();
        await page.Locator(".marker canvas[data-ready='2']").WaitForAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Polygon" }).ClickAsync();
        await DrawPolygonByKeysAsync(page, frame: 2);
        await ShotsAsync(page, "marks");
        await AssertAccessibleAsync(page);
        var first = await page.Locator(".spotlight video").Last.GetAttributeAsync("src");
        await page.GetByRole(AriaRole.Button, new() { Name = "Track again" }).ClickAsync();
        await page.WaitForFunctionAsync("first => { const last = [...document.querySelectorAll('.spotlight video')].at(-1); return last && last.getAttribute('src') !== first; }", first);
        var mask = await TrackedAsync(page);
        var both = await MarkedAsync(page, mask);
        Assert.Equal([2, 6], both);
        await AssertTrackedAsync(page, mask);

        await page.GetByLabel("The surroundings become").FillAsync("snowy winter");
        await page.GetByText("Options", new() { Exact = true }).ClickAsync();
        await page.GetByLabel("Denoising steps").FillAsync("2");
        await page.GetByRole(AriaRole.Button, new() { Name = "Edit the clip" }).ClickAsync();
        await page.WaitForURLAsync(JobAddress());
        await page.Locator(".badge.completed").WaitForAsync();
        await AssertLayersReusedAsync(page);

        // The next edit says what it takes, which is next to nothing as long as nothing changes.
        await page.GetByText("Edit again").ClickAsync();
        await page.GetByText("As in the earlier edit, marked in frames 2, 6").WaitForAsync();
        await page.GetByText("Nothing has changed").WaitForAsync();
        await page.GetByLabel("The surroundings become").FillAsync("green summer");
        await page.GetByText("edit the surroundings, render the video. All else is reused.").WaitForAsync();

        await Studio.GoAsync(page, "/");
        await page.GetByText("Tracked object").First.WaitForAsync();
        await page.WaitForFunctionAsync("() => [...document.querySelectorAll('.card video')].every(video => video.readyState >= 1)");
        await ShotsAsync(page, "jobs");
        await AssertAccessibleAsync(page);
        await page.GetByText("Tracked object").First.ClickAsync();
        await TrackedAsync(page);
        await page.GetByText("Go on to the edit").WaitForAsync();
        await AssertAccessibleAsync(page);
    }

    [Fact]
    public async Task A_clip_that_no_browser_plays_is_shown_frame_by_frame()
    {
        var clip = Path.Combine(Path.GetDirectoryName(studio.Clip)!, "clip.avi");
        using (var ffmpeg = Process.Start("ffmpeg", ["-v", "error", "-y", "-i", studio.Clip, "-c:v", "mpeg4", "-q:v", "3", clip]))
            await ffmpeg.WaitForExitAsync(TestContext.Current.CancellationToken);
        var page = await studio.OpenAsync("/new");
        await page.SetInputFilesAsync("[data-upload] input[type=file]", clip);
        await page.WaitForURLAsync(EditAddress());
        await Studio.GoAsync(page, page.Url);
        await page.GetByRole(AriaRole.Button, new() { Name = "Show what is tracked" }).ClickAsync();
        await page.Locator(".spotlight canvas[data-shown='0']").WaitForAsync();
        await page.Locator(".spotlight [data-step='1']").ClickAsync();
        await page.Locator(".spotlight canvas[data-shown='1']").WaitForAsync();
        await page.WaitForFunctionAsync("() => document.querySelector('.spotlight video.over').currentTime > 0.04");
        await page.Locator(".spotlight [data-play]").ClickAsync();
        await page.Locator(".spotlight canvas[data-shown='5']").WaitForAsync();
    }

    /// <summary>Waits until clip and mask can be seen; where the mask is.</summary>
    private static async Task<string> TrackedAsync(IPage page)
    {
        await page.WaitForFunctionAsync("() => [...document.querySelectorAll('.spotlight video')].filter(video => video.readyState >= 2).length === 2");
        return (await page.Locator(".spotlight video").Last.GetAttributeAsync("src"))!;
    }

    private static async Task<int[]> MarkedAsync(IPage page, string mask)
    {
        var answer = await page.APIRequest.GetAsync(mask[..mask.IndexOf("/artifacts", StringComparison.Ordinal)]);
        var job = (await answer.JsonAsync())!.Value;
        Assert.Equal(["Probe", "Decompose"], job.GetProperty("stages").EnumerateArray().Select(stage => stage.GetProperty("stage").GetString()));
        return [.. job.GetProperty("request").GetProperty("marks").EnumerateArray().Select(mark => mark.GetProperty("frame").GetInt32())];
    }

    private async Task AssertTrackedAsync(IPage page, string mask)
    {
        var file = Path.Combine(Path.GetDirectoryName(studio.Clip)!, $"tracked-{Guid.NewGuid():n}.mp4");
        await File.WriteAllBytesAsync(file, await (await page.APIRequest.GetAsync(mask)).BodyAsync(), TestContext.Current.CancellationToken);
        var number = 0;
        await foreach (var frame in VideoReader.ReadAsync(file, cancellationToken: TestContext.Current.CancellationToken))
        {
            var overlap = MaskOps.IntersectionOverUnion(Colour.ToGray(frame), studio.TruthIn(number));
            Assert.True(overlap > 0.7, $"frame {number}: overlap {overlap}");
            number++;
        }

        Assert.Equal(studio.Sample.FrameCount, number);
    }

    /// <summary>A polygon whose corners are put down by Enter and moved to their places by arrow keys.</summary>
    private async Task DrawPolygonByKeysAsync(IPage page, int frame)
    {
        var canvas = page.Locator(".marker canvas");
        await canvas.FocusAsync();
        var size = await canvas.EvaluateAsync<JsonElement>("canvas => ({ w: canvas.width, h: canvas.height, pace: Math.max(1, Math.round(canvas.width / 160)) })");
        var (width, height, pace) = (size.GetProperty("w").GetInt32(), size.GetProperty("h").GetInt32(), size.GetProperty("pace").GetInt32());
        var (x, y) = (width / 2f, height / 2f);
        foreach (var (toX, toY) in studio.OutlineIn(frame))
        {
            await page.Keyboard.PressAsync("Enter");
            await MoveAsync((int)(((toX * width) - x) / pace), "ArrowRight", "ArrowLeft");
            await MoveAsync((int)(((toY * height) - y) / pace), "ArrowDown", "ArrowUp");
            (x, y) = (x + (pace * (int)(((toX * width) - x) / pace)), y + (pace * (int)(((toY * height) - y) / pace)));
        }

        async Task MoveAsync(int steps, string plus, string minus)
        {
            for (var i = 0; i < Math.Abs(steps); i++)
                await page.Keyboard.PressAsync(steps > 0 ? plus : minus);
        }
    }
}
