using System.Globalization;

namespace StableVideo.Cli.Progress;

/// <summary>How times, shares and stage names are written for people.</summary>
public static class Words
{
    /// <summary>A duration: <c>0.4 s</c>, <c>12 s</c>, <c>3 min 05 s</c>, <c>1 h 02 min</c>.</summary>
    public static string Duration(double seconds) => seconds switch
    {
        < 9.95 => seconds.ToString("0.0", CultureInfo.InvariantCulture) + " s",
        < 59.5 => Math.Round(seconds).ToString(CultureInfo.InvariantCulture) + " s",
        < 3599.5 => $"{(int)Math.Round(seconds) / 60} min {(int)Math.Round(seconds) % 60:00} s",
        _ => $"{(int)Math.Round(seconds / 60) / 60} h {(int)Math.Round(seconds / 60) % 60:00} min",
    };

    /// <summary>A share as whole percent, never 100 before the end.</summary>
    public static string Percent(double fraction) => $"{(fraction >= 1 ? 100 : Math.Min(99, (int)(fraction * 100)))} %";

    /// <summary>A stage's name in words: <c>edit-background</c> becomes <c>edit background</c>.</summary>
    public static string Stage(string stage) => stage.Replace('-', ' ');

    /// <summary>The slug of a stage kind: <c>EditBackground</c> becomes <c>edit-background</c>.</summary>
    public static string Slug(string pascalCase) =>
        string.Concat(pascalCase.Select((letter, at) => char.IsUpper(letter) ? (at == 0 ? "" : "-") + char.ToLowerInvariant(letter) : letter.ToString()));

    /// <summary>The figures worth a word beside a finished stage, most telling first.</summary>
    public static string Figures(IReadOnlyDictionary<string, double> metrics)
    {
        foreach (var (name, value) in metrics)
        {
            if (name.Equals("psnr", StringComparison.OrdinalIgnoreCase)) return $"PSNR {value.ToString("0.0", CultureInfo.InvariantCulture)} dB";
        }

        return "";
    }
}
