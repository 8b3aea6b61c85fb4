using System.Globalization;

namespace StableVideo.Imaging;

/// <summary>A folder of pictures as a video.</summary>
internal static class ImageSequence
{
    public static FrameRate DefaultRate { get; } = new(24, 1);

    /// <summary>The folder's jpg and png files in natural order (2 before 10).</summary>
    /// <exception cref="MediaException">There are none.</exception>
    public static IReadOnlyList<string> List(string folder)
    {
        var files = Directory.EnumerateFiles(folder)
            .Where(file => !Path.GetFileName(file).StartsWith('.') && Path.GetExtension(file).ToUpperInvariant() is ".JPG" or ".JPEG" or ".PNG")
            .ToList();
        if (files.Count == 0)
            throw new MediaException($"The folder {folder} has no jpg or png images.");
        files.Sort((a, b) => CompareNaturally(Path.GetFileName(a), Path.GetFileName(b)));
        return files;
    }

    public static VideoInfo Probe(string folder, FrameRate rate, DecodeLimits limits)
    {
        var files = List(folder);
        var first = ImageFile.Read(files[0], 3, limits);
        var (width, height) = (first.Width & ~1, first.Height & ~1);
        if (width < 2 || height < 2)
            throw new MediaException($"{files[0]} is {first.Width}x{first.Height} pixels; a video needs at least 2x2.");
        return new VideoInfo(width, height, rate.Value, rate, files.Count, rate.TimeOf(files.Count), false, 0, "images");
    }

    /// <summary>Frames of a folder, cropped to even size; every picture must have the first one's size.</summary>
    public static IEnumerable<Raster<byte>> Read(string folder, VideoInfo info, DecodeLimits limits)
    {
        foreach (var file in List(folder))
        {
            var picture = ImageFile.Read(file, 3, limits);
            if ((picture.Width & ~1) != info.Width || (picture.Height & ~1) != info.Height)
                throw new MediaException($"{file} is {picture.Width}x{picture.Height} pixels but the first image of the folder is {info.Width}x{info.Height}. All images must have one size.");
            yield return picture.Width == info.Width && picture.Height == info.Height ? picture : picture.Crop(new(0, 0, info.Width, info.Height));
        }
    }

    /// <summary>Compares names with digit runs by their number, everything else by code point.</summary>
    internal static int CompareNaturally(string first, string second)
    {
        var (i, j) = (0, 0);
        while (i < first.Length && j < second.Length)
        {
            if (char.IsAsciiDigit(first[i]) && char.IsAsciiDigit(second[j]))
            {
                var (a, b) = (TakeNumber(first, ref i), TakeNumber(second, ref j));
                if (a.Length != b.Length)
                    return a.Length.CompareTo(b.Length);
                var order = string.CompareOrdinal(a, b);
                if (order != 0)
                    return order;
            }
            else if (first[i] != second[j])
            {
                return first[i].CompareTo(second[j]);
            }
            else
            {
                (i, j) = (i + 1, j + 1);
            }
        }

        var rest = (first.Length - i).CompareTo(second.Length - j);
        return rest != 0 ? rest : string.CompareOrdinal(first, second);
    }

    private static string TakeNumber(string text, ref int position)
    {
        var start = position;
        while (position < text.Length && char.IsAsciiDigit(text[position]))
            position++;
        return text[start..position].TrimStart('0').ToString(CultureInfo.InvariantCulture);
    }
}
