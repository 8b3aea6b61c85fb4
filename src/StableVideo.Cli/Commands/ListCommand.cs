using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using Spectre.Console;
using StableVideo.Cli.Parsing;
using StableVideo.Client;

namespace StableVideo.Cli.Commands;

/// <summary><c>stablevideo list</c>: jobs of a server, latest first.</summary>
internal sealed class ListCommand : ServerCommand
{
    private static readonly JsonSerializerOptions Format = new(JsonSerializerDefaults.Web) { Converters = { new System.Text.Json.Serialization.JsonStringEnumConverter() } };

    private readonly Terminal terminal;
    private readonly Option<JobState?> state = new("--state") { Description = "Only jobs that stand so.", HelpName = string.Join('|', Enum.GetNames<JobState>()) };
    private readonly Option<int?> limit = NumberOption.Whole<int>("--limit", "At most so many. [default: 20]");

    /// <summary>Makes the command.</summary>
    public ListCommand(Terminal terminal)
        : base("list", "Lists the jobs of a server, latest first.")
    {
        this.terminal = terminal;
        Add(state);
        Add(limit);
    }

    /// <inheritdoc/>
    protected override async Task<int> RunAsync(StableVideoClient client, ParseResult parsed, CancellationToken cancellationToken)
    {
        var most = Math.Max(1, parsed.GetValue(limit) ?? 20);
        var filter = new JobFilter { State = parsed.GetValue(state), Limit = Math.Min(most, 200) };
        var jobs = await client.ListJobsAsync(filter, cancellationToken).Take(most).ToListAsync(cancellationToken);
        if (parsed.GetValue(Json))
            jobs.ForEach(job => terminal.Out.WriteLine(JsonSerializer.Serialize(job, Format)));
        else if (jobs.Count == 0)
            terminal.Out.WriteLine("There are no such jobs. 'stablevideo submit' or 'stablevideo edit --server' makes one.");
        else
            terminal.CreateConsole().Write(Draw(jobs));
        return ExitCode.Done;
    }

    private static Table Draw(IEnumerable<JobSummary> jobs)
    {
        var table = new Table { Border = TableBorder.None };
        table.AddColumns(new TableColumn("job") { NoWrap = true }, new TableColumn("state"), new TableColumn("done"), new TableColumn("submitted"), new TableColumn("object"), new TableColumn("surroundings"));
        foreach (var job in jobs)
        {
            table.AddRow(
                new Text(job.Id),
                new Text(job.State.ToString()),
                new Text(job.Fraction.ToString("0 %", CultureInfo.InvariantCulture)),
                new Text(job.SubmittedAt.ToLocalTime().ToString("yyyy-MM-dd HH:mm", CultureInfo.InvariantCulture)),
                new Text(job.ForegroundPrompt ?? "as filmed"),
                new Text(job.BackgroundPrompt ?? "as filmed"));
        }

        return table;
    }
}
