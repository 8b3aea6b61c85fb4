using System.Globalization;

namespace StableVideo.Cli.Parsing;

/// <summary>The value of <c>--keyframes</c>: <c>auto</c>, or frame numbers counted from 0, such as <c>0,20,40</c>.</summary>
public static class KeyframeList
{
    /// <summary>Reads the option's text.</summary>
    /// <param name="text">What was typed.</param>
    /// <param name="keyframes">The frame numbers in the order given; null for <c>auto</c>.</param>
    /// <param name="error">What was wrong, or null.</param>
    /// <returns>True when the text could be read.</returns>
    public static bool TryParse(string text, out IReadOnlyList<int>? keyframes, out string? error)
    {
        keyframes = null;
        error = null;
        if (text.Trim().Equals("auto", StringComparison.OrdinalIgnoreCase)) return true;

        List<int> frames = [];
        foreach (var part in text.Split(',', StringSplitOptions.TrimEntries))
        {
            if (!int.TryParse(part, NumberStyles.None, CultureInfo.InvariantCulture, out var frame))
            {
                error = $"--keyframes: \"{part}\" is not a frame number. Give auto or frame numbers counted from 0, such as 0,20,40.";
                return false;
            }

            if (frames.Contains(frame))
            {
                error = $"--keyframes: frame {frame} is listed twice. Give each frame once.";
                return false;
            }

            frames.Add(frame);
        }

        keyframes = frames;
        return true;
    }
}
