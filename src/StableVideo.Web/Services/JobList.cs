using System.Text.Json;
using StableVideo.Client;
using StableVideo.Cluster;
using StableVideo.Storage;

namespace StableVideo.Web.Services;

/// <summary>Reads pages of the list of a tenant's jobs: entries of jobs that have ended from the store, the others from their grains.</summary>
internal sealed class JobList(IGrainFactory grains, ITenantStores stores, JobNames names)
{
    /// <summary>Entries looked at for one page; a page that found fewer matches among them is short and says where to go on.</summary>
    private const int MostLookedAt = 2000;
    private const int AtOnce = 16;

    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web) { Converters = { new System.Text.Json.Serialization.JsonStringEnumConverter() } };

    public async Task<Page<JobSummary>> ReadAsync(string tenant, JobFilter filter, CancellationToken cancellationToken)
    {
        var prefix = JobIndex.PrefixOf(tenant);
        var found = new List<JobSummary>();
        var looked = 0;
        foreach (var next in (await AfterAsync(tenant, filter.After, cancellationToken)).Chunk(AtOnce))
        {
            var summaries = await Task.WhenAll(next.Select(name => ReadAsync(name, cancellationToken)));
            for (var i = 0; i < next.Length; i++)
            {
                if (summaries[i] is { } summary && Matches(summary, filter))
                    found.Add(summary);
                if (found.Count == filter.Limit || ++looked == MostLookedAt)
                    return new Page<JobSummary>(found, next[i][prefix.Length..]);
            }
        }

        return new Page<JobSummary>(found, null);
    }

    /// <summary>A job was submitted: the next page has it.</summary>
    public void Forget(string tenant) => names.Forget(tenant);

    private static bool Matches(JobSummary summary, JobFilter filter) =>
        (filter.State is null || summary.State == filter.State) && (filter.Video is null || summary.Video == filter.Video);

    private async Task<IEnumerable<string>> AfterAsync(string tenant, string? after, CancellationToken cancellationToken)
    {
        var all = await names.ListAsync(tenant, cancellationToken);
        return after is null ? all : all.SkipWhile(name => string.CompareOrdinal(name, JobIndex.PrefixOf(tenant) + after) <= 0);
    }

    private async Task<JobSummary?> ReadAsync(string name, CancellationToken cancellationToken)
    {
        if (await stores.System.ReadDocumentAsync(name, cancellationToken) is not { } document)
            return null;
        var entry = JsonSerializer.Deserialize<JobIndexEntry>(document.Content.Span, Json)!;
        if (entry.End is not null)
            return WireMessages.ToSummary(entry);
        try
        {
            return WireMessages.ToSummary(await grains.GetGrain<IVideoJobGrain>(JobIndex.JobOf(name).ToString()).GetStatus().WaitAsync(cancellationToken));
        }
        catch (JobNotFoundException)
        {
            return null;
        }
    }
}
