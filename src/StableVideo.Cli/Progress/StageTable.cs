using Spectre.Console;
using Spectre.Console.Rendering;

namespace StableVideo.Cli.Progress;

/// <summary>Draws stages as a table: mark, name, bar, time, what it is doing.</summary>
public static class StageTable
{
    private const int BarWidth = 24;

    /// <summary>The table at a moment.</summary>
    /// <param name="rows">The stages in order.</param>
    /// <param name="now">Clock reading in seconds.</param>
    public static IRenderable Draw(IEnumerable<StageRow> rows, double now)
    {
        var table = new Table { Border = TableBorder.None, ShowHeaders = false };
        table.AddColumn(new TableColumn("") { NoWrap = true });
        table.AddColumn(new TableColumn("") { NoWrap = true });
        table.AddColumn(new TableColumn("") { NoWrap = true });
        table.AddColumn(new TableColumn("") { NoWrap = true, Alignment = Justify.Right, Width = 5 });
        table.AddColumn(new TableColumn("") { NoWrap = true, Alignment = Justify.Right, Width = 16 });
        table.AddColumn(new TableColumn("") { NoWrap = true });
        foreach (var row in rows)
        {
            table.AddRow(
                new Markup(Mark(row.State)),
                new Text(Words.Stage(row.Stage), row.State == RowState.Waiting ? new Style(Color.Grey) : Style.Plain),
                Bar(row),
                new Text(row.State == RowState.Running ? Words.Percent(Math.Min(row.Fraction, 0.99)) : ""),
                new Text(Time(row, now)),
                new Text(row.Message, new Style(Color.Grey)) { Overflow = Overflow.Ellipsis });
        }

        return table;
    }

    private static string Mark(RowState state) => state switch
    {
        RowState.Running => "[yellow]>[/]",
        RowState.Done => "[green]+[/]",
        RowState.Reused => "[blue]=[/]",
        RowState.Failed => "[red]x[/]",
        RowState.Kept => "[grey]-[/]",
        _ => " ",
    };

    private static Markup Bar(StageRow row)
    {
        var filled = (int)Math.Round(Math.Clamp(row.Fraction, 0, 1) * BarWidth);
        var colour = row.State switch { RowState.Running => "yellow", RowState.Failed => "red", RowState.Reused => "blue", RowState.Kept => "grey", _ => "green" };
        return new Markup($"[{colour}]{new string('━', filled)}[/][grey23]{new string('━', BarWidth - filled)}[/]");
    }

    private static string Time(StageRow row, double now) => row.State switch
    {
        RowState.Running when row.Ends is { } ends && ends > now => $"{Words.Duration(ends - now)} left",
        RowState.Running => Words.Duration(now - row.Began),
        RowState.Done => Words.Duration(row.Seconds),
        RowState.Reused => "reused",
        RowState.Kept => "nothing to do",
        RowState.Failed => "failed",
        _ => "",
    };
}
