using System.CommandLine;
using System.Globalization;

namespace StableVideo.Cli.Parsing;

/// <summary>Options whose value is an age: a whole number and a unit, such as <c>30d</c>, <c>12h</c> or <c>90m</c>.</summary>
public static class AgeOption
{
    private const double MostDays = 36500;

    /// <summary>Reads an age.</summary>
    /// <param name="text">What was typed.</param>
    /// <param name="age">The age, 0 or more.</param>
    /// <returns>False when the text is no age.</returns>
    public static bool TryParse(string text, out TimeSpan age)
    {
        age = default;
        if (text.Length < 2 || !int.TryParse(text[..^1], NumberStyles.None, CultureInfo.InvariantCulture, out var number)) return false;
        var days = text[^1] switch { 'd' => number, 'h' => number / 24.0, 'm' => number / 1440.0, _ => double.NaN };
        if (!(days <= MostDays)) return false;
        age = TimeSpan.FromDays(days);
        return true;
    }

    /// <summary>An option for an age.</summary>
    public static Option<TimeSpan> Create(string name, string description, TimeSpan otherwise) => new(name)
    {
        Description = description,
        HelpName = "AGE",
        DefaultValueFactory = _ => otherwise,
        CustomParser = result =>
        {
            var text = result.Tokens.Count == 0 ? "" : result.Tokens[^1].Value;
            if (!TryParse(text, out var age)) result.AddError($"{name}: \"{text}\" is not an age. Give a whole number of days, hours or minutes, such as 30d, 12h or 90m.");
            return age;
        },
    };
}
