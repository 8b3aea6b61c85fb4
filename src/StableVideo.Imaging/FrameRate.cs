using System.Globalization;

namespace StableVideo.Imaging;

/// <summary>Frames per second as an exact fraction, both parts positive.</summary>
public readonly record struct FrameRate(int Numerator, int Denominator)
{
    private static readonly FrameRate[] Common =
    [
        new(24000, 1001), new(24, 1), new(25, 1), new(30000, 1001), new(30, 1), new(48, 1), new(50, 1), new(60000, 1001), new(60, 1), new(120, 1),
    ];

    /// <summary>Frames per second.</summary>
    public double Value => (double)Numerator / Denominator;

    /// <summary>Time from the first frame to the given one.</summary>
    public TimeSpan TimeOf(int frame) => TimeSpan.FromSeconds(frame / Value);

    /// <inheritdoc/>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Numerator}/{Denominator}");

    /// <summary>Reads <c>num/den</c> or a whole number; false for anything else, zero or negative.</summary>
    public static bool TryParse(string? text, out FrameRate rate)
    {
        rate = default;
        var parts = (text ?? string.Empty).Split('/');
        if (parts.Length is not (1 or 2)
            || !int.TryParse(parts[0], NumberStyles.None, CultureInfo.InvariantCulture, out var numerator) || numerator < 1)
            return false;
        var denominator = 1;
        if (parts.Length == 2 && (!int.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out denominator) || denominator < 1))
            return false;
        rate = new(numerator, denominator);
        return true;
    }

    /// <summary>The usual rate within 1 % of an average, otherwise the average in thousandths.</summary>
    internal static FrameRate Nearest(double framesPerSecond)
    {
        var common = Common.MinBy(rate => Math.Abs(rate.Value - framesPerSecond));
        if (Math.Abs(common.Value - framesPerSecond) <= 0.01 * framesPerSecond)
            return common;
        var thousandths = Math.Max(1, (int)Math.Round(framesPerSecond * 1000));
        return thousandths % 1000 == 0 ? new(thousandths / 1000, 1) : new(thousandths, 1000);
    }
}
