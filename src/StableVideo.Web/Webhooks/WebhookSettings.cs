using System.Net;

namespace StableVideo.Web.Webhooks;

/// <summary>The section <c>Webhooks</c> of the configuration.</summary>
public sealed class WebhookSettings
{
    /// <summary>
    /// Networks that webhooks may reach though they are private, such as <c>10.1.0.0/16</c> or <c>127.0.0.1/32</c>; their addresses may begin with http.
    /// By default none.
    /// </summary>
    public IList<string> AllowedNetworks { get; init; } = [];

    /// <summary>Most webhooks of a tenant. Default 20.</summary>
    public int MostPerTenant { get; set; } = 20;

    /// <summary>How long a receiver may take for its answer. Default 15 s.</summary>
    public TimeSpan AnswerPatience { get; set; } = TimeSpan.FromSeconds(15);

    /// <summary>How often it is looked for events to send. Default 2 s.</summary>
    public TimeSpan Every { get; set; } = TimeSpan.FromSeconds(2);

    /// <summary>Pauses before an event is sent again; after the last it is given up. Default 5 s, 5 min, 30 min, 2 h, 5 h, 10 h, 14 h, 20 h, 24 h: three days in all.</summary>
    public IList<TimeSpan> Pauses { get; init; } = [];

    internal IReadOnlyList<TimeSpan> Schedule => Pauses.Count > 0 ? [.. Pauses] : DefaultPauses;

    private static readonly TimeSpan[] DefaultPauses =
    [
        TimeSpan.FromSeconds(5), TimeSpan.FromMinutes(5), TimeSpan.FromMinutes(30), TimeSpan.FromHours(2), TimeSpan.FromHours(5),
        TimeSpan.FromHours(10), TimeSpan.FromHours(14), TimeSpan.FromHours(20), TimeSpan.FromHours(24),
    ];

    /// <summary>Rules that the settings break, one sentence each.</summary>
    internal IEnumerable<string> Validate()
    {
        foreach (var network in AllowedNetworks.Where(network => !IPNetwork.TryParse(network, out _)))
            yield return $"Webhooks:AllowedNetworks has '{network}', which is no network such as 10.1.0.0/16.";
        if (AnswerPatience <= TimeSpan.Zero || Every <= TimeSpan.Zero || Schedule.Any(pause => pause <= TimeSpan.Zero))
            yield return "Webhooks: AnswerPatience, Every and all Pauses must be above zero.";
    }
}
