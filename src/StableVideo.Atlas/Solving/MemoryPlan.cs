namespace StableVideo.Atlas.Solving;

/// <summary>Chooses the solver's size and refuses clips that would not fit the memory budget.</summary>
internal static class MemoryPlan
{
    private const double ComfortablePixels = 400 * 225;
    private const int LargestDivisor = 16;

    /// <summary>Per solver pixel and frame: RGB and grey (4), flow and trust of one pair (24), masks and alpha (3), working copies.</summary>
    private const long BytesPerPixel = 36;

    /// <summary>Two atlases with their stripes: 16 bytes per pixel and stripe, and the atlas itself.</summary>
    private const long BytesPerAtlasPixel = 2 * ((2 * 16) + 16 + 4);

    public static int Divisor(IReadOnlyFrameSequence frames, DecomposeOptions options)
    {
        var pixels = (double)frames.Width * frames.Height;
        var divisor = options.SolveDivisor > 0 ? options.SolveDivisor : Math.Clamp((int)Math.Round(Math.Sqrt(pixels / ComfortablePixels)), 1, LargestDivisor);
        var atlases = (long)Math.Min((double)options.MaximumAtlasSide * options.MaximumAtlasSide, 6 * pixels) * BytesPerAtlasPixel;
        var needed = atlases + ((long)(pixels / (divisor * divisor)) * frames.Count * BytesPerPixel);
        if (needed > options.MemoryBudget)
        {
            var fit = Math.Max(0, (options.MemoryBudget - atlases) / ((long)(pixels / (divisor * divisor)) * BytesPerPixel));
            throw new AtlasException(
                $"Decomposing {frames.Count} frames of {frames.Width}x{frames.Height} needs about {needed >> 20} MB, more than the budget of {options.MemoryBudget >> 20} MB. Cut the clip to {fit} frames or scale it down.");
        }

        return divisor;
    }
}
