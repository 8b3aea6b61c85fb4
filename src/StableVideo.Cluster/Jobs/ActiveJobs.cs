using System.Runtime.CompilerServices;
using StableVideo.Storage;

namespace StableVideo.Cluster;

/// <summary>
/// Which jobs have not ended: one empty document each, <c>active/{tenant}/{id}</c>. A job is listed before its state is written and taken off after its
/// end was, so that after any crash every unfinished job is listed.
/// </summary>
internal sealed class ActiveJobs(IArtifactStore store)
{
    private const string Prefix = "active/";

    public Task AddAsync(string key) => store.WriteDocumentAsync(DocumentOf(key), "{}"u8.ToArray(), WriteCondition.Any);

    public Task RemoveAsync(string key) => store.DeleteDocumentAsync(DocumentOf(key), WriteCondition.Any);

    /// <summary>Grain keys of all listed jobs.</summary>
    public async IAsyncEnumerable<string> ListAsync([EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        await foreach (var name in store.ListDocumentsAsync(Prefix, cancellationToken))
        {
            var parts = name[Prefix.Length..].Split('/');
            yield return new JobKey(parts[0], parts[1]).ToString();
        }
    }

    private static string DocumentOf(string key)
    {
        var (tenant, id) = JobKey.Parse(key);
        return $"{Prefix}{tenant}/{id}";
    }
}
