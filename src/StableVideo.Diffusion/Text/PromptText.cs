using System.Net;
using System.Text;
using System.Text.RegularExpressions;

namespace StableVideo.Diffusion;

/// <summary>CLIP's clean-up of a prompt before it is split into tokens.</summary>
internal static partial class PromptText
{
    /// <summary>
    /// CLIP's word pattern: contractions, runs of letters, single digits, runs of anything else that is not white space.
    /// Letters and digits outside the basic plane count as "anything else".
    /// </summary>
    [GeneratedRegex(@"<\|startoftext\|>|<\|endoftext\|>|'s|'t|'re|'ve|'m|'ll|'d|\p{L}+|\p{N}|[^\s\p{L}\p{N}]+", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    public static partial Regex Word();

    /// <summary>HTML entities decoded (twice, as they arrive doubly encoded), white space collapsed and trimmed, lower case.</summary>
    public static string Clean(string prompt)
    {
        var decoded = WebUtility.HtmlDecode(WebUtility.HtmlDecode(prompt));
        return Lower(WhiteSpace().Replace(decoded, " ").Trim());
    }

    /// <summary>Full lower-casing as the reference does it: simple case mapping, and the dotted capital I becomes i with a combining dot.</summary>
    private static string Lower(string text)
    {
        var lower = new StringBuilder(text.Length);
        foreach (var rune in text.EnumerateRunes())
        {
            if (rune.Value == 0x130)
                lower.Append("i\u0307");
            else
                lower.Append(Rune.ToLowerInvariant(rune));
        }

        return lower.ToString();
    }

    [GeneratedRegex(@"\s+")]
    private static partial Regex WhiteSpace();
}
