using System.CommandLine;
using System.Text.Json;
using System.Text.Json.Serialization;
using Spectre.Console;
using StableVideo.Cli.Doctor;

namespace StableVideo.Cli.Commands;

/// <summary><c>stablevideo doctor</c>: is everything here that an edit needs?</summary>
internal sealed class DoctorCommand : Command
{
    private static readonly JsonSerializerOptions Format = new(JsonSerializerDefaults.Web)
    {
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.CamelCase) },
        DefaultIgnoreCondition = JsonIgnoreCondition.Never,
    };

    private readonly Option<bool> json = new("--json") { Description = "One JSON object per finding and line, for machines." };

    /// <summary>Makes the command.</summary>
    public DoctorCommand(Terminal terminal)
        : base("doctor", "Says what is installed and what is missing. Exit code 0 when edits can run.")
    {
        Add(json);
        SetAction(parsed => Run(terminal, parsed.GetValue(json)));
    }

    private static int Run(Terminal terminal, bool json)
    {
        var code = ExitCode.Done;
        var console = terminal.CreateConsole();
        foreach (var finding in Examination.Run())
        {
            if (finding.Verdict == Verdict.Bad && code == ExitCode.Done) code = finding.ExitCode;
            if (json) terminal.Out.WriteLine(JsonSerializer.Serialize(new { finding.Subject, finding.Verdict, finding.Detail }, Format));
            else Print(console, finding);
        }

        return code;
    }

    private static void Print(IAnsiConsole console, Finding finding)
    {
        var (colour, word) = finding.Verdict switch { Verdict.Good => ("green", "ok"), Verdict.Fair => ("yellow", "low"), _ => ("red", "missing") };
        var table = new Table { Border = TableBorder.None, ShowHeaders = false };
        table.AddColumn(new TableColumn("") { Width = 7, NoWrap = true }).AddColumn(new TableColumn("") { Width = 12, NoWrap = true }).AddColumn("");
        table.AddRow(new Markup($"[{colour}]{word}[/]"), new Text(finding.Subject), new Text(finding.Detail));
        console.Write(table);
    }
}
