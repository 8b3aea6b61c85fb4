namespace StableVideo.Imaging;

public static partial class VideoReader
{
    /// <summary>
    /// Reads the masks of a clip: a mask video or folder with one mask per frame, or a single image (or one-frame video) for frame 0.
    /// </summary>
    /// <param name="path">Video, folder or image; bright is inside. Index images, whose values all lie below 128, count as inside where not 0.</param>
    /// <param name="width">Width of the clip's frames; masks of the same shape but another size are scaled to it.</param>
    /// <param name="height">Height of the clip's frames.</param>
    /// <param name="frameCount">Frames of the clip.</param>
    /// <param name="options"><see cref="VideoReadOptions.MaxFrames"/> stops early, <see cref="VideoReadOptions.Size"/> overrides the size of the result.</param>
    /// <param name="cancellationToken">Stops reading.</param>
    /// <returns>One mask per frame, or exactly one; [H, W, 1], 0..255.</returns>
    /// <exception cref="MediaException">Unreadable, or count or shape do not fit the clip.</exception>
    public static async Task<IReadOnlyList<Raster<byte>>> ReadMasksAsync(
        string path, int width, int height, int frameCount, VideoReadOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        options ??= new VideoReadOptions();
        var size = options.Size ?? (width, height);
        var isFolder = Directory.Exists(path);
        if (!isFolder && !File.Exists(path))
            throw new MediaException($"No such mask file: {path}");
        if (!isFolder && await IsImageAsync(path, cancellationToken).ConfigureAwait(false))
        {
            var image = ImageFile.Read(path, 1, options.Limits);
            RequireShape(image.Width, image.Height, width, height, "image");
            return [Resample.Resize(FromIndexImage(image), size.Width, size.Height, ResampleFilter.Area)];
        }

        var info = await ProbeAsync(path, options with { MaxFrames = null, Size = null, Rate = null }, cancellationToken).ConfigureAwait(false);
        var kind = isFolder ? "folder" : "video";
        RequireShape(info.Width, info.Height, width, height, kind);
        if (info.FrameCount is { } known && !info.IsVariableFrameRate)
            RequireCount(known, frameCount, kind);

        var masks = new List<Raster<byte>>();
        await foreach (var frame in ReadAsync(path, options with { Size = null, Rate = null, ReuseFrames = true }, cancellationToken).ConfigureAwait(false))
        {
            var mask = Colour.ToGray(frame);
            masks.Add(Resample.Resize(isFolder ? FromIndexImage(mask) : mask, size.Width, size.Height, ResampleFilter.Area));
        }

        if (options.MaxFrames is null || masks.Count < options.MaxFrames)
            RequireCount(masks.Count, frameCount, kind);
        return masks;
    }

    private static void RequireCount(int masks, int frames, string kind)
    {
        if (masks != frames && masks != 1)
            throw new MediaException($"Mask {kind} has {masks} frames but the clip has {frames}. Give one mask per frame, or a single image for frame 0.");
    }

    private static void RequireShape(int maskWidth, int maskHeight, int width, int height, string kind)
    {
        var sameShape = Math.Abs(((double)maskWidth * height) - ((double)maskHeight * width)) <= 0.01 * maskHeight * width;
        var nearlySame = Math.Abs(maskWidth - width) <= 1 && Math.Abs(maskHeight - height) <= 1;
        if (!sameShape && !nearlySame)
            throw new MediaException($"Mask {kind} is {maskWidth}x{maskHeight} but the clip is {width}x{height}. Give masks of the clip's size, or of the same shape.");
    }

    private static async Task<bool> IsImageAsync(string path, CancellationToken cancellationToken)
    {
        var start = new byte[16];
        await using var file = File.OpenRead(path);
        var length = await file.ReadAtLeastAsync(start, start.Length, throwOnEndOfStream: false, cancellationToken).ConfigureAwait(false);
        return ImageHeader.IsImage(start.AsSpan(0, length));
    }

    /// <summary>Annotation tools store objects as small index values; every one of them is inside.</summary>
    private static Raster<byte> FromIndexImage(Raster<byte> mask)
        => mask.Data.AsSpan().ContainsAnyInRange(MaskOps.Inside, byte.MaxValue) ? mask : MaskOps.Threshold(mask, 1);
}
