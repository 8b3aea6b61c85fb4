using System.Globalization;

namespace StableVideo.Simulation;

/// <summary>What is simulated.</summary>
/// <param name="Silos">How many silos, 10..100,000; 60 % of them have the role gpu, the others cpu, each with one slot.</param>
/// <param name="Jobs">How many jobs, 100..10,000,000.</param>
/// <param name="Seed">Seed of everything that is random.</param>
internal sealed record SimulationOptions(int Silos = 1000, int Jobs = 100_000, int Seed = 1)
{
    /// <exception cref="ArgumentException">An option is unknown, incomplete or out of range.</exception>
    public static SimulationOptions Parse(IReadOnlyList<string> arguments)
    {
        var options = new SimulationOptions();
        for (var i = 0; i < arguments.Count; i += 2)
        {
            if (i + 1 == arguments.Count || !int.TryParse(arguments[i + 1], NumberStyles.None, CultureInfo.InvariantCulture, out var value))
                throw new ArgumentException($"{arguments[i]} needs a whole number behind it. Usage: [--silos N] [--jobs N] [--seed N]");
            options = arguments[i] switch
            {
                "--silos" => options with { Silos = InRange(arguments[i], value, 10, 100_000) },
                "--jobs" => options with { Jobs = InRange(arguments[i], value, 100, 10_000_000) },
                "--seed" => options with { Seed = value },
                _ => throw new ArgumentException($"{arguments[i]} is no option. Usage: [--silos N] [--jobs N] [--seed N]"),
            };
        }

        return options;
    }

    private static int InRange(string option, int value, int least, int most) => value >= least && value <= most
        ? value
        : throw new ArgumentException($"{option} is {value} but must be {least}..{most}.");
}
