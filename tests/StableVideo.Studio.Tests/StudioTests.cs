using System.Text.Json;
using System.Text.RegularExpressions;
using Deque.AxeCore.Commons;
using Deque.AxeCore.Playwright;
using Microsoft.Playwright;
using StableVideo.Imaging;

namespace StableVideo.Tests.Studio;

/// <summary>What a person does in the studio, in a real browser against a real server that edits with the embedded model.</summary>
public sealed partial class StudioTests(Studio studio) : IClassFixture<Studio>
{
    private static readonly string? Pictures = Environment.GetEnvironmentVariable("STABLEVIDEO_SCREENSHOTS");

    [Fact]
    public async Task From_a_clip_to_its_edited_video_to_a_protected_part()
    {
        var page = await studio.OpenAsync("/new");
        await page.SetInputFilesAsync("[data-upload] input[type=file]", studio.Clip);
        await page.WaitForURLAsync(EditAddress());
        await Studio.GoAsync(page, page.Url);
        await page.GetByText("Mark it in a frame").ClickAsync();
        await DrawBoxAsync(page, frame: 0);
        await ShotsAsync(page, "edit");
        await AssertAccessibleAsync(page);

        await page.GetByRole(AriaRole.Button, new() { Name = "Show what is tracked" }).ClickAsync();
        await page.WaitForFunctionAsync("() => [...document.querySelectorAll('.spotlight video')].filter(video => video.readyState >= 2).length === 2");
        await page.Locator(".spotlight [data-step='1']").ClickAsync();
        await page.WaitForFunctionAsync("() => { const [a, b] = document.querySelectorAll('.spotlight video'); return a.currentTime > 0 && Math.abs(a.currentTime - b.currentTime) < 0.05; }");
        await ShotsAsync(page, "tracked");
        await AssertAccessibleAsync(page);

        await page.GetByLabel("The object becomes").FillAsync("a red car");
        await page.GetByLabel("The surroundings become").FillAsync("snowy winter");
        await page.GetByText("Options", new() { Exact = true }).ClickAsync();
        await page.GetByLabel("Denoising steps").FillAsync("4");
        await page.GetByLabel("Keyframes at most").FillAsync("2");
        await page.GetByRole(AriaRole.Button, new() { Name = "Edit the clip" }).ClickAsync();
        await page.WaitForURLAsync(JobAddress());
        await page.GetByText("Edit the object").First.WaitForAsync();
        await page.Locator(".badge.completed").WaitForAsync();
        await AssertLayersReusedAsync(page);

        var download = await page.RunAndWaitForDownloadAsync(() => page.GetByText("Download the video").ClickAsync());
        var bytes = await File.ReadAllBytesAsync(await download.PathAsync(), TestContext.Current.CancellationToken);
        Assert.Equal("ftyp"u8.ToArray(), bytes[4..8]);
        await page.WaitForFunctionAsync("() => [...document.querySelectorAll('.compare video')].every(video => video.readyState >= 2)");
        await page.GetByRole(AriaRole.Button, new() { Name = "One frame on" }).ClickAsync();
        await page.WaitForFunctionAsync("() => { const [a, b] = document.querySelectorAll('.compare video'); return a.currentTime > 0 && Math.abs(a.currentTime - b.currentTime) < 0.05; }");
        await ShotsAsync(page, "job");
        await AssertAccessibleAsync(page);

        await page.GetByText("Protect parts").Last.ClickAsync();
        var atlas = page.Locator(".painter canvas");
        await page.WaitForFunctionAsync("() => document.querySelector('.painter canvas')?.dataset.ready");
        await page.WaitForTimeoutAsync(300);
        var sheet = (await atlas.BoundingBoxAsync())!;
        await page.Mouse.MoveAsync(sheet.X + (sheet.Width * 0.3f), sheet.Y + 30);
        await page.Mouse.DownAsync();
        await page.Mouse.MoveAsync(sheet.X + (sheet.Width * 0.6f), sheet.Y + 60, new() { Steps = 5 });
        await page.Mouse.UpAsync();
        await ShotsAsync(page, "protect");
        await AssertAccessibleAsync(page);
        await page.GetByRole(AriaRole.Button, new() { Name = "Edit again with this protected" }).ClickAsync();
        await page.WaitForURLAsync(JobAddress());
        await page.Locator(".badge.completed").WaitForAsync();
        var job = await JobAsync(page);
        Assert.StartsWith("sha256-", job.GetProperty("request").GetProperty("protectBackground").GetString(), StringComparison.Ordinal);
        await AssertLayersReusedAsync(page);

        await page.GetByText("Compare with").ClickAsync();
        await page.WaitForFunctionAsync("() => document.querySelectorAll('.variants video').length >= 2");
        await ShotsAsync(page, "compare");
        await AssertAccessibleAsync(page);
    }

    [Fact]
    public async Task An_upload_that_was_stopped_goes_on_where_it_was()
    {
        var page = await studio.OpenAsync("/new");
        var large = Path.Combine(Path.GetDirectoryName(studio.Clip)!, "large.mp4");
        // Bytes behind the last box are passed over by every reader; they make the clip large enough to be stopped.
        await File.WriteAllBytesAsync(large, [.. await File.ReadAllBytesAsync(studio.Clip, TestContext.Current.CancellationToken), .. FreeBox(24 << 20)], TestContext.Current.CancellationToken);
        var sent = 0;
        await page.RouteAsync("**/v1/uploads/**", async route =>
        {
            if (route.Request.Method == "PATCH" && ++sent > 2)
                await Task.Delay(TimeSpan.FromSeconds(30));
            await route.ContinueAsync();
        });
        await page.SetInputFilesAsync("[data-upload] input[type=file]", large);
        await page.WaitForFunctionAsync("() => Number(document.querySelector('[data-upload-state] progress')?.value) > 0.2");
        await page.CloseAsync();

        var again = await page.Context.NewPageAsync();
        var first = new TaskCompletionSource<string>();
        again.Request += (_, request) =>
        {
            if (request.Method == "PATCH")
                first.TrySetResult(request.Headers["upload-offset"]);
        };
        await Studio.GoAsync(again, "/new");
        await again.SetInputFilesAsync("[data-upload] input[type=file]", large);
        Assert.True(int.Parse(await first.Task.WaitAsync(TimeSpan.FromSeconds(60), TestContext.Current.CancellationToken), System.Globalization.CultureInfo.InvariantCulture) >= 8 << 20);
        await again.WaitForURLAsync(EditAddress());
    }

    [Fact]
    public async Task A_job_is_watched_through_a_restart_of_its_server()
    {
        var page = await studio.OpenAsync("/new");
        await page.SetInputFilesAsync("[data-upload] input[type=file]", studio.Clip);
        await page.WaitForURLAsync(EditAddress());
        await Studio.GoAsync(page, page.Url);
        await page.GetByLabel("The object becomes").FillAsync("a golden car");
        await page.GetByText("Options", new() { Exact = true }).ClickAsync();
        await page.GetByLabel("Denoising steps").FillAsync("60");
        await page.GetByRole(AriaRole.Button, new() { Name = "Edit the clip" }).ClickAsync();
        await page.WaitForURLAsync(JobAddress());
        await page.Locator(".stage.running, .stage.completed").First.WaitForAsync();
        // What is being painted is to be seen meanwhile.
        await page.WaitForFunctionAsync("() => [...document.querySelectorAll('.strip img[alt*=\"painted\"]')].some(image => image.naturalWidth > 0)");
        await ShotsAsync(page, "running");

        await studio.KillAsync();
        await studio.StartAsync();

        // The page finds its server again by itself, and the job goes on without being asked to.
        await page.Locator(".badge.completed").WaitForAsync();
        Assert.Equal("Completed", (await JobAsync(page)).GetProperty("state").GetString());
    }

    [Theory]
    [InlineData("/", ColorScheme.Dark)]
    [InlineData("/", ColorScheme.Light)]
    [InlineData("/new", ColorScheme.Dark)]
    [InlineData("/new", ColorScheme.Light)]
    [InlineData("/queue", ColorScheme.Dark)]
    [InlineData("/queue", ColorScheme.Light)]
    [InlineData("/jobs/nobody", ColorScheme.Light)]
    public async Task A_page_has_no_serious_accessibility_finding_and_fits_a_phone(string path, ColorScheme theme)
    {
        var page = await studio.OpenAsync(path, theme, width: 390);
        await ShotAsync(page, $"{(path == "/" ? "home" : path.Trim('/').Replace('/', '-'))}-{theme}-390");

        Assert.True(await page.EvaluateAsync<bool>("() => document.documentElement.scrollWidth <= innerWidth"), "The page is wider than the phone.");
        await AssertAccessibleAsync(page);
    }

    /// <summary>Drags a box around the object in the frame that is shown to be marked.</summary>
    private async Task DrawBoxAsync(IPage page, int frame)
    {
        await page.Locator($".marker canvas[data-ready='{frame}']").WaitForAsync();
        var (left, top, right, bottom) = studio.ObjectIn(frame);
        var canvas = page.Locator(".marker canvas");
        await canvas.ScrollIntoViewIfNeededAsync();
        var box = (await canvas.BoundingBoxAsync())!;
        await page.Mouse.MoveAsync(box.X + (box.Width * left), box.Y + (box.Height * top));
        await page.Mouse.DownAsync();
        await page.Mouse.MoveAsync(box.X + (box.Width * right), box.Y + (box.Height * bottom), new() { Steps = 4 });
        await page.Mouse.UpAsync();
        await page.Locator($".marks [data-marked='{frame}']").WaitForAsync();
    }

    private static async Task AssertAccessibleAsync(IPage page)
    {
        var result = await page.RunAxe();
        Assert.Empty(result.Violations.Where(finding => finding.Impact is "serious" or "critical").Select(finding => $"{finding.Id}: {finding.Help} {string.Join(' ', finding.Nodes.Select(node => node.Html))}"));
    }

    private static async Task<JsonElement> JobAsync(IPage page)
    {
        var answer = await page.APIRequest.GetAsync($"/v1/jobs/{page.Url[(page.Url.LastIndexOf('/') + 1)..]}");
        return (await answer.JsonAsync())!.Value;
    }

    private static byte[] FreeBox(int bytes)
    {
        var box = new byte[bytes];
        System.Buffers.Binary.BinaryPrimitives.WriteInt32BigEndian(box, bytes);
        "free"u8.CopyTo(box.AsSpan(4));
        return box;
    }

    /// <summary>Keeps a picture where STABLEVIDEO_SCREENSHOTS says, as docs show it: three quarters of the width of a desk.</summary>
    private static async Task ShotAsync(IPage page, string name)
    {
        if (Pictures is null)
            return;
        var whole = ImageFile.Read(await page.ScreenshotAsync(new() { FullPage = true }), 3);
        var width = Math.Min(whole.Width, 960);
        var small = Resample.Resize(whole, width, whole.Height * width / whole.Width, ResampleFilter.Area);
        await File.WriteAllBytesAsync(Path.Combine(Pictures, $"studio-{name}.jpg".ToLowerInvariant()), ImageFile.EncodeJpeg(small, 70), TestContext.Current.CancellationToken);
    }

    /// <summary>The same in both themes, on a desk and on a phone.</summary>
    private static async Task ShotsAsync(IPage page, string name)
    {
        if (Pictures is null)
            return;
        foreach (var (theme, width) in new[] { (ColorScheme.Light, 390), (ColorScheme.Dark, 390), (ColorScheme.Light, 1280), (ColorScheme.Dark, 1280) })
        {
            await page.EmulateMediaAsync(new() { ColorScheme = theme });
            await page.SetViewportSizeAsync(width, 900);
            await page.WaitForTimeoutAsync(400);
            await ShotAsync(page, $"{name}-{theme}-{width}");
        }
    }

    /// <summary>The job on the page split nothing: the layers were there.</summary>
    private static async Task AssertLayersReusedAsync(IPage page) => Assert.Contains(
        (await JobAsync(page)).GetProperty("stages").EnumerateArray(), stage => stage.GetProperty("stage").GetString() == "Decompose" && stage.GetProperty("reused").GetBoolean());

    [GeneratedRegex("/edit/sha256-[0-9a-f]{64}")]
    private static partial Regex EditAddress();

    [GeneratedRegex("/jobs/edit-[0-9a-f]+$")]
    private static partial Regex JobAddress();
}
