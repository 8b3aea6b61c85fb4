using System.CommandLine;
using System.Globalization;
using System.Numerics;

namespace StableVideo.Cli.Parsing;

/// <summary>Options whose value is a number, with an error that names the option and what it takes.</summary>
public static class NumberOption
{
    /// <summary>An option for a whole number; null when it is not given.</summary>
    public static Option<T?> Whole<T>(string name, string description)
        where T : struct, INumberBase<T> => Of<T>(name, description, "a whole number", NumberStyles.AllowLeadingSign);

    /// <summary>An option for a decimal number; null when it is not given.</summary>
    public static Option<T?> Decimal<T>(string name, string description)
        where T : struct, INumberBase<T> => Of<T>(name, description, "a number", NumberStyles.Float);

    private static Option<T?> Of<T>(string name, string description, string kind, NumberStyles styles)
        where T : struct, INumberBase<T> => new(name)
        {
            Description = description,
            HelpName = "N",
            CustomParser = result =>
            {
                var text = result.Tokens.Count == 0 ? "" : result.Tokens[^1].Value;
                if (T.TryParse(text, styles, CultureInfo.InvariantCulture, out var value) && T.IsFinite(value)) return value;
                result.AddError($"{name}: \"{text}\" is not {kind}{(T.IsNegative(-T.One) ? "" : " of 0 or more")}.");
                return null;
            },
        };
}
