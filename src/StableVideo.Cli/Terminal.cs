using System.Text;
using Spectre.Console;
using StableVideo.Cli.Progress;

namespace StableVideo.Cli;

/// <summary>Where a command writes. Results and progress go to <see cref="Out"/>, errors to <see cref="Error"/>.</summary>
public sealed class Terminal : IDisposable
{
    /// <summary>Makes a terminal on writers.</summary>
    /// <param name="output">Results and progress.</param>
    /// <param name="error">Errors.</param>
    /// <param name="interactive">True when a person watches <paramref name="output"/> on a screen that can be redrawn.</param>
    /// <param name="colour">True when <paramref name="error"/> shows colours.</param>
    public Terminal(TextWriter output, TextWriter error, bool interactive, bool colour) =>
        (Out, Error, Interactive, Colour) = (output, error, interactive, colour);

    /// <summary>Results and progress.</summary>
    public TextWriter Out { get; }

    /// <summary>Errors.</summary>
    public TextWriter Error { get; }

    /// <summary>True when a person watches on a screen that can be redrawn.</summary>
    public bool Interactive { get; }

    private bool Colour { get; }

    /// <summary>The terminal of this process.</summary>
    public static Terminal OfProcess()
    {
        var plain = Environment.GetEnvironmentVariable("TERM") == "dumb" || Environment.GetEnvironmentVariable("NO_COLOR") is { Length: > 0 };
        var utf8 = new UTF8Encoding(encoderShouldEmitUTF8Identifier: false);
        return new Terminal(
            new StreamWriter(Console.OpenStandardOutput(), utf8) { AutoFlush = true },
            new StreamWriter(Console.OpenStandardError(), utf8) { AutoFlush = true },
            interactive: !Console.IsOutputRedirected && !plain,
            colour: !Console.IsErrorRedirected && !plain);
    }

    /// <summary>The display that suits this terminal.</summary>
    /// <param name="json">True for one JSON object per event.</param>
    public IJobDisplay OpenDisplay(bool json)
    {
        if (json) return new JsonLines(Out);
        return Interactive ? new LiveTable(CreateConsole(), TimeProvider.System) : new PlainLines(Out);
    }

    /// <summary>A Spectre console on <see cref="Out"/>.</summary>
    public IAnsiConsole CreateConsole()
    {
        var console = AnsiConsole.Create(new AnsiConsoleSettings
        {
            Ansi = Interactive ? AnsiSupport.Yes : AnsiSupport.No,
            ColorSystem = Interactive ? ColorSystemSupport.Detect : ColorSystemSupport.NoColors,
            Interactive = Interactive ? InteractionSupport.Yes : InteractionSupport.No,
            Out = Interactive ? new AnsiConsoleOutput(Console.Out) : new AnsiConsoleOutput(Out),
        });
        if (!Interactive) console.Profile.Width = 160;
        return console;
    }

    /// <summary>One line on <see cref="Error"/>, red where colours are shown.</summary>
    public void WriteError(string message) => Error.WriteLine(Colour ? $"\e[31merror: {message}\e[0m" : $"error: {message}");

    /// <inheritdoc/>
    public void Dispose()
    {
        Out.Flush();
        Error.Flush();
    }
}
