using System.CommandLine;
using System.Globalization;
using Spectre.Console;
using StableVideo.Cli.Failures;
using StableVideo.Cli.Parsing;
using StableVideo.Storage;
using StableVideo.Web.Security;

namespace StableVideo.Cli.Commands;

/// <summary><c>stablevideo keys</c>: who may use a server. Works on the server's store itself, so that the first key can be made.</summary>
internal sealed class KeysCommand : Command
{
    private readonly Option<string?> store = JobOptions.Text("--store", "FOLDER", "The server's store. [default: STABLEVIDEO_STORE, or the user's data folder]");
    private readonly Option<string?> blob = JobOptions.Text("--blob-connection", "STRING", "Connection string of the server's blob storage, instead of --store.");
    private readonly Option<string?> address = JobOptions.Text("--blob-address", "URL", "Address of the server's blob container, entered as who this process runs as, instead of --store.");
    private readonly Option<string> container = new("--blob-container") { Description = "Container in the blob storage. [default: stablevideo]", HelpName = "NAME", DefaultValueFactory = _ => "stablevideo" };

    /// <summary>Makes the command.</summary>
    public KeysCommand(Terminal terminal)
        : base("keys", "Makes, lists and revokes the API keys of a server.")
    {
        Add(Adding(terminal));
        Add(Listing(terminal));
        Add(Revoking(terminal));
        foreach (var option in new Option[] { store, blob, address, container })
        {
            option.Recursive = true;
            Add(option);
        }
    }

    private Command Adding(Terminal terminal)
    {
        var name = new Argument<string>("NAME") { Description = "What the key is for, such as \"render farm\"." };
        var tenant = new Option<string>("--tenant") { Description = "Whose clips and jobs it opens. [default: default]", HelpName = "NAME", DefaultValueFactory = _ => TenantName.Default };
        var scopes = new Option<string[]>("--scopes")
        {
            Description = $"What it allows. [default: all but keys:admin]",
            HelpName = string.Join('|', ScopeNames.Known),
            AllowMultipleArgumentsPerToken = true,
        };
        scopes.AcceptOnlyFromAmong([.. ScopeNames.Known]);
        var expires = new Option<TimeSpan?>("--expires-in")
        {
            Description = "When it expires, such as 90d or 12h. [default: never]",
            HelpName = "AGE",
            CustomParser = result =>
            {
                if (AgeOption.TryParse(result.Tokens.Count == 0 ? "" : result.Tokens[^1].Value, out var age)) return age;
                result.AddError("--expires-in must be a time such as 90d, 12h or 30m.");
                return null;
            },
        };
        var command = new Command("add", "Makes a key and prints it. It is not shown again.") { name, tenant, scopes, expires };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var allowed = parsed.GetValue(scopes) is { Length: > 0 } words ? ScopeNames.Parse(words) : Scopes.All & ~Scopes.AdministerKeys;
            var until = parsed.GetValue(expires) is { } age ? DateTimeOffset.UtcNow + age : (DateTimeOffset?)null;
            try
            {
                var (key, record) = await (await OpenAsync(parsed, cancellationToken)).AddAsync(parsed.GetRequiredValue(tenant), parsed.GetRequiredValue(name), allowed, until, cancellationToken);
                terminal.Out.WriteLine(key.Reveal());
                terminal.Error.WriteLine($"Keep it: it is not shown again. Tenant {record.Tenant}, {string.Join(' ', record.Scopes)}{(until is { } at ? $", until {at:yyyy-MM-dd}" : "")}.");
                return ExitCode.Done;
            }
            catch (ArgumentException exception)
            {
                throw CommandException.BadInput(exception.Message.Split(" (Parameter", 2)[0], exception);
            }
        });
        return command;
    }

    private Command Listing(Terminal terminal)
    {
        var command = new Command("list", "Lists keys, without their secrets.");
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var table = new Table { Border = TableBorder.None };
            table.AddColumns(new TableColumn("id") { NoWrap = true }, new TableColumn("name"), new TableColumn("tenant"), new TableColumn("state"), new TableColumn("scopes"));
            var records = await (await OpenAsync(parsed, cancellationToken)).ListAsync(cancellationToken: cancellationToken).OrderBy(record => record.CreatedAt).ToListAsync(cancellationToken);
            foreach (var record in records)
                table.AddRow(new Text(record.Id), new Text(record.Name), new Text(record.Tenant), new Text(State(record)), new Text(string.Join(' ', record.Scopes)));
            if (records.Count == 0) terminal.Out.WriteLine("There are no keys. 'stablevideo keys add NAME' makes one.");
            else terminal.CreateConsole().Write(table);
            return ExitCode.Done;
        });
        return command;
    }

    private Command Revoking(Terminal terminal)
    {
        var id = new Argument<string>("ID") { Description = "The key's id, as 'keys list' shows it." };
        var command = new Command("revoke", "Revokes a key for good, within five seconds everywhere.") { id };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            if (!await (await OpenAsync(parsed, cancellationToken)).RevokeAsync(parsed.GetRequiredValue(id), cancellationToken: cancellationToken))
                throw CommandException.BadInput($"There is no key '{parsed.GetRequiredValue(id)}'. 'stablevideo keys list' shows which there are.");
            terminal.Out.WriteLine("Revoked.");
            return ExitCode.Done;
        });
        return command;
    }

    private static string State(KeyRecord record) => record switch
    {
        { RevokedAt: { } at } => $"revoked {Day(at)}",
        { ExpiresAt: { } at } when at <= DateTimeOffset.UtcNow => $"expired {Day(at)}",
        { ExpiresAt: { } at } => $"until {Day(at)}",
        _ => "valid",
    };

    private static string Day(DateTimeOffset at) => at.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);

    private async Task<KeyStore> OpenAsync(ParseResult parsed, CancellationToken cancellationToken)
    {
        var settings = (parsed.GetValue(blob), parsed.GetValue(address)) switch
        {
            (null, null) => new StoreSettings { Folder = JobOptions.SharedStoreFolder(parsed.GetValue(store)) },
            (null, { } url) => new StoreSettings { BlobAddress = Uri.TryCreate(url, UriKind.Absolute, out var uri) ? uri : throw CommandException.BadInput($"--blob-address is '{url}' but must be the address of a container.") },
            ({ } connection, null) => new StoreSettings { BlobConnectionString = connection, BlobContainer = parsed.GetRequiredValue(container) },
            _ => throw CommandException.BadInput("Give --blob-connection or --blob-address, not both."),
        };
        return new KeyStore(await settings.OpenAsync(cancellationToken), TimeProvider.System);
    }
}
