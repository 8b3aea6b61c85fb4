using System.CommandLine;
using System.Text.Json;
using StableVideo.Cli.Failures;
using StableVideo.Cli.Parsing;
using StableVideo.Cluster;
using StableVideo.Storage;

namespace StableVideo.Cli.Commands;

/// <summary><c>stablevideo clean</c>: frees the disk of results that were not used for a while.</summary>
internal sealed class CleanCommand : Command
{
    private static readonly JsonSerializerOptions Format = new(JsonSerializerDefaults.Web);

    private readonly Option<string> work = new("--work", "--store") { Description = "The store, or the folder with the edited videos and the store .stablevideo.", HelpName = "DIR", Required = true };
    private readonly Option<TimeSpan> age = AgeOption.Create("--older-than", "Keep what was used within this age, such as 30d, 12h or 90m; two hours at least. [default: 30d]", TimeSpan.FromDays(30));
    private readonly Option<bool> dryRun = new("--dry-run") { Description = "Delete nothing; say what would be freed." };
    private readonly Option<bool> json = new("--json") { Description = "One JSON object per kind and line, for machines." };

    /// <summary>Makes the command.</summary>
    public CleanCommand(Terminal terminal)
        : base("clean", "Deletes results that were not used for a while from a store. Unfinished jobs keep all they need; what is deleted can be computed again.")
    {
        Option[] options = [work, age, dryRun, json];
        foreach (var option in options) Add(option);
        SetAction((parsed, cancellationToken) => RunAsync(
            terminal, Path.GetFullPath(parsed.GetRequiredValue(work)), parsed.GetValue(age), parsed.GetValue(dryRun), parsed.GetValue(json), cancellationToken));
    }

    private static async Task<int> RunAsync(Terminal terminal, string folder, TimeSpan age, bool dryRun, bool json, CancellationToken cancellationToken)
    {
        // Opening a store makes it: a mistyped path must not become one.
        var store = new[] { folder, Path.Combine(folder, ".stablevideo") }.FirstOrDefault(IsStore)
            ?? throw CommandException.BadInput($"There is no store in \"{folder}\". Give the folder of an edited video, or the one that edit was given with --store.");
        var policy = RetentionPolicy.OlderThan(age);
        var report = await new ArtifactCollector(TenantStores.InFolder(store), JobClaims.All(policy), policy).CollectAsync(dryRun, cancellationToken);
        foreach (var (kind, found) in report.Kinds.Where(kind => kind.Value != new KindReport()))
            terminal.Out.WriteLine(json ? JsonSerializer.Serialize(Line(kind, found, dryRun), Format) : InWords(kind, found, dryRun));
        if (!json) terminal.Out.WriteLine($"{(dryRun ? "Would free" : "Freed")} {ByteCount.InWords(report.Total.BytesFreed)} of {ByteCount.InWords(report.Total.BytesFreed + report.Total.BytesKept)}.");
        return ExitCode.Done;
    }

    private static bool IsStore(string folder) => Directory.Exists(Path.Combine(folder, "artifacts")) && Directory.Exists(Path.Combine(folder, "documents"));

    private static object Line(RetentionKind kind, KindReport found, bool dryRun) => new
    {
        Kind = JsonNamingPolicy.KebabCaseLower.ConvertName(kind.ToString()),
        DryRun = dryRun,
        found.DocumentsKept,
        found.DocumentsDeleted,
        found.ArtifactsKept,
        found.ArtifactsDeleted,
        found.BytesKept,
        found.BytesFreed,
    };

    private static string InWords(RetentionKind kind, KindReport found, bool dryRun)
    {
        var (name, kept, deleted) = kind switch
        {
            RetentionKind.JobRecord => ("jobs", found.DocumentsKept, found.DocumentsDeleted),
            RetentionKind.Intermediate => ("results of stages", found.DocumentsKept, found.DocumentsDeleted),
            RetentionKind.Input => ("clips and masks", found.ArtifactsKept, found.ArtifactsDeleted),
            RetentionKind.Result => ("files of jobs", found.ArtifactsKept, found.ArtifactsDeleted),
            _ => ("leftovers", found.ArtifactsKept, found.ArtifactsDeleted),
        };
        var freed = found.BytesFreed > 0 ? $", {ByteCount.InWords(found.BytesFreed)}" : "";
        return $"{name}: {deleted} {(dryRun ? "would be " : "")}deleted{freed}; {kept} kept{(found.BytesKept > 0 ? $", {ByteCount.InWords(found.BytesKept)}" : "")}";
    }
}
