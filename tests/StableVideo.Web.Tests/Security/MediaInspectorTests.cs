using System.Globalization;
using System.Net;
using Microsoft.Extensions.Options;
using StableVideo.Client;
using StableVideo.Imaging;
using StableVideo.Web.Hosting;
using StableVideo.Web.Security;
using StableVideo.Web.Services;

namespace StableVideo.Tests.Web.Security;

/// <summary>Files made to break or misuse a decoder. STABLEVIDEO_MEDIA_FUZZ says how many damaged ones are tried.</summary>
public sealed class MediaInspectorTests : IDisposable
{
    private static readonly int Damaged = int.TryParse(Environment.GetEnvironmentVariable("STABLEVIDEO_MEDIA_FUZZ"), CultureInfo.InvariantCulture, out var number) ? number : 300;
    private readonly string _folder = Directory.CreateTempSubdirectory("stablevideo-media-").FullName;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task A_clip_and_a_mask_are_described()
    {
        var clip = await Inspector().InspectAsync(await WriteAsync(await Clips.ClipAsync()), VideoPurpose.Clip, Cancel);
        Assert.Equal((96, 64, 24.0, 8, "h264"), (clip.Width, clip.Height, clip.FrameRate, clip.Frames, clip.Codec));
        var mask = await Inspector().InspectAsync(await WriteAsync(Clips.Mask(40, 30)), VideoPurpose.Mask, Cancel);
        Assert.Equal((40, 30, 0.0, 1), (mask.Width, mask.Height, mask.FrameRate, mask.Frames));
    }

    [Theory]
    [InlineData("")]
    [InlineData("#EXTM3U\n#EXTINF:1,\nfile:///etc/passwd\n")]
    [InlineData("ffconcat version 1.0\nfile /etc/passwd\n")]
    [InlineData("<svg xmlns='http://www.w3.org/2000/svg'><image href='file:///etc/passwd'/></svg>")]
    [InlineData("<MPD><Period><BaseURL>http://127.0.0.1/</BaseURL></Period></MPD>")]
    [InlineData("v=0\no=- 0 0 IN IP4 127.0.0.1\nm=video 5004 RTP/AVP 96\n")]
    public async Task What_makes_a_decoder_open_other_files_is_refused(string text) => await RefusedAsync(System.Text.Encoding.UTF8.GetBytes(text), VideoPurpose.Clip);

    [Fact]
    public async Task An_image_is_no_clip() => Assert.Contains("single image", (await RefusedAsync(Clips.Mask(), VideoPurpose.Clip)).Message, StringComparison.Ordinal);

    [Fact]
    public async Task What_is_too_large_or_takes_too_long_is_refused()
    {
        var clip = await WriteAsync(await Clips.ClipAsync());
        Assert.Contains("96x64", (await Assert.ThrowsAsync<ProblemException>(() => Inspector(new WebSettings { LargestSide = 80 }).InspectAsync(clip, VideoPurpose.Clip, Cancel))).Message, StringComparison.Ordinal);
        Assert.Contains("frames", (await Assert.ThrowsAsync<ProblemException>(() => Inspector(new WebSettings { MostFrames = 4 }).InspectAsync(clip, VideoPurpose.Clip, Cancel))).Message, StringComparison.Ordinal);
        Assert.Contains("longer than", (await Assert.ThrowsAsync<ProblemException>(() => Inspector(new WebSettings { InspectionTime = TimeSpan.FromMilliseconds(1) }).InspectAsync(clip, VideoPurpose.Clip, Cancel))).Message, StringComparison.Ordinal);
        // Too little memory for the program itself: it ends, and the server does not.
        await Assert.ThrowsAsync<ProblemException>(() => Inspector(new WebSettings { InspectionMemory = 16 }).InspectAsync(clip, VideoPurpose.Clip, Cancel));
    }

    [Fact]
    public async Task Damaged_files_are_taken_or_refused_in_words_that_name_no_path()
    {
        var originals = new[] { (await Clips.ClipAsync(), VideoPurpose.Clip), (await Clips.MasksAsync(), VideoPurpose.Mask), (ImageFile.EncodePng(Noise()), VideoPurpose.Mask), (ImageFile.EncodeJpeg(Noise()), VideoPurpose.Mask) };
        var (taken, refused) = (0, 0);
        await Parallel.ForEachAsync(Enumerable.Range(0, Damaged), new ParallelOptions { MaxDegreeOfParallelism = 4, CancellationToken = Cancel }, async (number, cancel) =>
        {
            var random = new Random(number);
            var (bytes, purpose) = originals[number % originals.Length];
            var path = await WriteAsync(Damage(bytes, random));
            try
            {
                await Inspector(new WebSettings { InspectionTime = TimeSpan.FromSeconds(20) }).InspectAsync(path, purpose, cancel);
                Interlocked.Increment(ref taken);
            }
            catch (ProblemException problem)
            {
                Assert.Equal((int)HttpStatusCode.UnprocessableEntity, problem.Status);
                Assert.DoesNotContain(_folder, problem.Message, StringComparison.Ordinal);
                Assert.DoesNotContain("/tmp", problem.Message, StringComparison.Ordinal);
                Interlocked.Increment(ref refused);
            }

            File.Delete(path);
        });

        TestContext.Current.SendDiagnosticMessage($"Of {Damaged} damaged files {taken} were taken and {refused} refused.");
        Assert.Equal(Damaged, taken + refused);
        Assert.True(taken > 0 && refused > 0);
    }

    private static MediaInspector Inspector(WebSettings? settings = null) => new(Options.Create(settings ?? new WebSettings()));

    private static Raster<byte> Noise()
    {
        var picture = new Raster<byte>(60, 40, 3);
        new Random(1).NextBytes(picture.Data);
        return picture;
    }

    private static byte[] Damage(byte[] bytes, Random random)
    {
        var damaged = bytes.ToArray();
        switch (random.Next(4))
        {
            case 0:
                return damaged[..random.Next(1, damaged.Length)];
            case 1:
                for (var i = random.Next(1, 40); i > 0; i--)
                    damaged[random.Next(damaged.Length)] = (byte)random.Next(256);
                return damaged;
            case 2:
                // A header that lies: large numbers where sizes stand.
                for (var i = random.Next(1, 4); i > 0; i--)
                    BitConverter.TryWriteBytes(damaged.AsSpan(random.Next(damaged.Length - 4)), random.Next() | 0x7F000000);
                return damaged;
            default:
                var (from, to) = (random.Next(damaged.Length), random.Next(damaged.Length));
                return [.. damaged[..from], .. damaged[to..]];
        }
    }

    private async Task<string> WriteAsync(byte[] bytes)
    {
        var path = Path.Combine(_folder, Guid.NewGuid().ToString("n"));
        await File.WriteAllBytesAsync(path, bytes, Cancel);
        return path;
    }

    private async Task<ProblemException> RefusedAsync(byte[] bytes, VideoPurpose purpose)
    {
        var path = await WriteAsync(bytes);
        var problem = await Assert.ThrowsAsync<ProblemException>(() => Inspector().InspectAsync(path, purpose, Cancel));
        Assert.Equal("unreadable-media", problem.Type);
        return problem;
    }
}
