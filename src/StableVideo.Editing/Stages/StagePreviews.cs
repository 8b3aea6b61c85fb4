using StableVideo.Imaging;

namespace StableVideo.Editing;

/// <summary>
/// Shows what a stage has done so far: every finished keyframe, and now and then what is being denoised. Pictures only leave the stage; whatever becomes of them,
/// its result is the same.
/// </summary>
/// <remarks>
/// A look at what is being denoised costs a decoding, on a processor a third of a step and more. So there is one a second at most, ever fewer the longer the stage
/// lasts, and none that would take all looks together beyond 4 % of the time so far.
/// </remarks>
/// <param name="wanted">Whether anything is shown.</param>
/// <param name="clock">Measures what looks cost.</param>
/// <param name="show">Given each picture.</param>
internal sealed class StagePreviews(bool wanted, TimeProvider clock, Action<PreviewPicture> show)
{
    private const int Side = 256;          // pixels
    private const int LargestFile = 30_000; // bytes
    private const double LargestShare = 0.04;
    private const int MostLooks = 25;      // each time the stage lasts e times as long
    private static readonly TimeSpan LeastPause = TimeSpan.FromSeconds(1);
    private static readonly int[] Qualities = [80, 60, 40, 20, 5];

    private readonly long _start = clock.GetTimestamp();
    private long _last = clock.GetTimestamp();
    private TimeSpan _spent;
    private TimeSpan _latest;

    /// <summary>Shows a picture that is there anyway.</summary>
    public void Show(string name, Raster<byte> picture)
    {
        if (wanted)
            show(new PreviewPicture(name, Encode(picture)));
    }

    /// <summary>Shows what <paramref name="decode"/> gives for a longer side of so many pixels, if it is time for that.</summary>
    public void Offer(string name, Func<int, Raster<byte>> decode)
    {
        if (!wanted || !IsDue())
            return;
        var start = clock.GetTimestamp();
        Show(name, decode(Side));
        _last = clock.GetTimestamp();
        _latest = clock.GetElapsedTime(start, _last);
        _spent += _latest;
    }

    private bool IsDue()
    {
        var (now, elapsed) = (clock.GetTimestamp(), clock.GetElapsedTime(_start));
        var pause = elapsed / MostLooks > LeastPause ? elapsed / MostLooks : LeastPause;
        return clock.GetElapsedTime(_last, now) >= pause && _spent + _latest <= LargestShare * elapsed;
    }

    private static byte[] Encode(Raster<byte> picture)
    {
        var scale = Math.Min(1, (double)Side / Math.Max(picture.Width, picture.Height));
        var small = scale == 1
            ? picture
            : Resample.Resize(picture, Math.Max(1, (int)(picture.Width * scale)), Math.Max(1, (int)(picture.Height * scale)), ResampleFilter.Area);
        byte[] file = [];
        foreach (var quality in Qualities)
        {
            file = ImageFile.EncodeJpeg(small, quality);
            if (file.Length <= LargestFile)
                break;
        }

        return file;
    }
}

/// <summary>A picture of what a running stage has done so far.</summary>
/// <param name="Name">Which picture; see <see cref="ArtifactNames"/>. A newer one takes the place of an older one of the same name.</param>
/// <param name="Jpeg">A JPEG file of at most 256 pixels a side and 30 kB.</param>
public sealed record PreviewPicture(string Name, ReadOnlyMemory<byte> Jpeg);
